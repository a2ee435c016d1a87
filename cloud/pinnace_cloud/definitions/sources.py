"""Templates as packages of CUE, and what a template must not ask for.

A template is untrusted: it may name packages that come with CUE and compute, nothing else. What is refused here would
find nothing anyway, since it is evaluated without network and in an empty folder; here it is refused by name.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pinnace_cloud.definitions import questions
from pinnace_cloud.definitions.faults import Fault
from pinnace_cloud.definitions.questions import Question
from pinnace_schemas import amounts

# KubeVela's largest definition has 12 KiB.
MAX_TEMPLATE_BYTES = 256 * 1024
# As large as a bundle may be by default: nothing larger could be delivered.
MAX_GIVEN_BYTES = 4 * 1024 * 1024

_BUILTIN = frozenset(
    {
        *("crypto/ed25519", "crypto/hmac", "crypto/md5", "crypto/sha1", "crypto/sha256", "crypto/sha512"),
        *("encoding/base64", "encoding/csv", "encoding/hex", "encoding/json", "encoding/yaml"),
        *("html", "list", "math", "math/bits", "net", "path", "regexp", "strconv", "strings", "struct"),
        *("text/tabwriter", "text/template", "time", "uuid"),
    }
)
# Makes a field that the template may not have an empty one; `== _|_` would also hold for one that is wrong.
_EMPTY = {
    **dict.fromkeys((questions.OUTPUT, questions.OUTPUTS, questions.PATCH, questions.PATCH_OUTPUTS), "{...}"),
    questions.ERRORS: "[...string]",
}
# What CUE writes for no value.
ABSENT = "_|_"
_INSIDE = "_written"
_SPACE = r"(?:\s|,|//[^\n]*(?:\n|\Z))*"
_NAMED = r'(?:[\w.$#]+\s+)?"(?P<path>[^"\n]*)"'
_CLAUSE = re.compile(rf"{_SPACE}(?P<clause>package\s+[\w$#]+)")
_IMPORT = re.compile(rf"{_SPACE}import\b\s*(?:{_NAMED}|\((?P<group>(?://[^\n]*\n|\"[^\"\n]*\"|[^\"()/])*)\))")
_ATTRIBUTE = re.compile(rf"{_SPACE}(?P<name>@\w+)\(")
_LOOP = re.compile(
    r"(?P<before>(?:^|[{\[,])[ \t]*)for\s+(?P<names>[\w$#]+(?:\s*,\s*[\w$#]+)?)"
    r"\s+in\s+(?P<over>[A-Za-z_$#][\w$#]*(?:\.[\w$#]+)+)"
    r"(?=\s*\{|\s+(?:if|for|let)\b)",
    re.MULTILINE,
)
_COMMENT_OR_PATH = re.compile(r'//[^\n]*|"(?P<path>[^"\n]*)"')


@dataclass(frozen=True, slots=True)
class Source:
    """A template without its package clause, every line at its place; `faults` say what is refused in it."""

    text: str
    faults: tuple[Fault, ...]

    @property
    def lines(self) -> int:
        return self.text.count("\n") + 1


def read(template: str) -> Source:
    """Looks at what stands before the first field: attributes of the file, its package and its imports."""
    if len(template.encode()) > MAX_TEMPLATE_BYTES:
        return Source("", (Fault(f"is larger than {amounts.size(MAX_TEMPLATE_BYTES)}"),))
    if match := _ATTRIBUTE.match(template):
        at = match.start("name")
        return Source("", (_fault(template, at, f"{match['name']}: a template has no attributes of its file"),))
    clause = _CLAUSE.match(template)
    if clause:
        start, end = clause.span("clause")
        template = template[:start] + " " * (end - start) + template[end:]
    return Source(template, tuple(_foreign(template)))


def _foreign(template: str) -> Iterator[Fault]:
    """Imports of what does not come with CUE, or acts on the world."""
    at = 0
    while match := _IMPORT.match(template, at):
        group = "path" if match["group"] is None else "group"
        start = match.start(group) - (group == "path")
        text = f'"{match["path"]}"' if group == "path" else match["group"]
        for found in _COMMENT_OR_PATH.finditer(text):
            if found["path"] is not None and found["path"].partition(":")[0] not in _BUILTIN:
                message = f"import {found[0]}: only packages that come with CUE and compute are there"
                yield _fault(template, start + found.start(), message)
        at = match.end()


def _fault(template: str, at: int, message: str) -> Fault:
    before = template[:at]
    return Fault(message, (), before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1)


def text(source: Source, question: Question) -> str:
    """The file of the package. Raises ValueError where parameters and context are larger than MAX_GIVEN_BYTES."""
    given = [f"context: {_json(question.context)}", f"parameter: {_json(question.parameter)}"]
    given += [f"{name}: {_EMPTY[name]}" for name in question.fields if name in _EMPTY]
    given.append(f"{questions.PROCESSING}?: _")
    if question.fit:
        given.append(f"{question.fitted}: {_skeleton(question.fit)}")
    return joined(source, given)


def joined(source: Source, given: Iterable[str]) -> str:
    """A template and other declarations behind it, where KubeVela puts them too: it decides on the order of fields."""
    behind = "\n".join([*given, ""])
    if len(behind.encode()) > MAX_GIVEN_BYTES:
        raise ValueError(f"parameters and context are larger than {amounts.size(MAX_GIVEN_BYTES)}")
    return f"package t\n{source.text}\n{behind}"


def with_fields(text: str, field: str) -> str:
    """The text, with another field that holds all of its fields as JSON, `ABSENT` where one has no value yet.

    Every line stays at its place.
    """
    start = _first_field(text)
    every = f'{{for name, value in {_INSIDE} {{"\\(name)": *pinnaceJSON.Marshal(value) | "{ABSENT}"}}}}'
    wrapped = f'import pinnaceJSON "encoding/json", {_INSIDE}: {{ {text[start:]}'
    return f"{text[:start]}{wrapped}\n}}\n{field}: {every}"


def _first_field(text: str) -> int:
    """Where it begins: behind the package clause and the imports."""
    clause = _CLAUSE.match(text)
    at = clause.end() if clause else 0
    while match := _IMPORT.match(text, at):
        at = match.end()
    return at + (len(text[at:]) - len(text[at:].lstrip("\n,; \t\r")))


def expression(fields: tuple[str, ...]) -> str:
    """A map of the fields; whether something is to be processed is only said."""
    plain = ", ".join(f'"{name}": {name}' for name in fields)
    return f'{{{plain}, if {questions.PROCESSING} != _|_ {{"{questions.PROCESSING}": true}}}}'


def guarded(template: str) -> str:
    """The template with loops that give nothing where what they run over is left out. To CUE such a map is incomplete
    as a whole; KubeVela takes what the other loops have given to `outputs`.
    """
    return _LOOP.sub(r"\g<before>if \g<over> != _|_ for \g<names> in \g<over>", template)


def _json(value: object) -> str:
    """JSON is CUE, but for signs that it does not need to escape, and the mark of byte orders, which CUE refuses."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True).replace("\ufeff", "\\ufeff")


def _skeleton(fit: object) -> str:
    """A list of any entries for a length, a value as it is."""
    if isinstance(fit, int):
        return "[" + ", ".join(["*{} | _"] * fit) + "]"
    if isinstance(fit, list):
        return _json(fit[0])
    assert isinstance(fit, Mapping)
    return "{" + ", ".join(f"{_json(name)}: {_skeleton(item)}" for name, item in fit.items()) + "}"
