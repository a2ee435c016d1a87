"""The functions that rules may call: those that stand by themselves, and those of CUE's packages.

Each names the kinds of its parameters; those of `strings` count bytes where CUE's do. What a function makes is bounded.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from pinnace_schemas.cue import lists, numerals, regexps, texts
from pinnace_schemas.cue.errors import Bottom

# Kinds of parameters, one letter each.
TEXT, WHOLE, NUMBER, FLAG, LIST, TEXTS, NUMBERS, MAP, ANY = "s", "i", "n", "b", "l", "t", "u", "m", "*"


@dataclass(frozen=True, slots=True)
class Function:
    """`parameters` has a letter for each. A check that is called without its first argument takes it
    from the value that it restricts.
    """

    call: Callable[..., Any]
    parameters: str
    is_check: bool = False

    def apply(self, arguments: list[Any]) -> Any:
        """Raises Bottom for arguments of other kinds."""
        for kind, argument in zip(self.parameters, arguments, strict=True):
            if not _FITS[kind](argument):
                raise Bottom("an argument of the wrong type", is_final=True)
        return self.call(*arguments)


def _is_list_of(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(map(fits, value))


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


_FITS: Final[dict[str, Callable[[Any], bool]]] = {
    TEXT: _is_text,
    WHOLE: numerals.is_whole,
    NUMBER: numerals.is_number,
    FLAG: lambda value: isinstance(value, bool),
    LIST: lambda value: isinstance(value, list),
    TEXTS: _is_list_of(_is_text),
    NUMBERS: _is_list_of(numerals.is_number),
    MAP: lambda value: isinstance(value, dict),
    ANY: lambda _: True,
}

# By the path of the package and the name, joined by a dot; without a package where CUE needs no import. `len`, `and`
# and `or` look at values that need not be concrete, which is why evaluation has them.
FUNCTIONS: Final = {
    "div": Function(lambda a, b: numerals.divided("div", a, b), "ii"),
    "mod": Function(lambda a, b: numerals.divided("mod", a, b), "ii"),
    "quo": Function(lambda a, b: numerals.divided("quo", a, b), "ii"),
    "rem": Function(lambda a, b: numerals.divided("rem", a, b), "ii"),
    "strings.Contains": Function(lambda text, part: part in text, "ss", is_check=True),
    "strings.ContainsAny": Function(texts.has_any, "ss", is_check=True),
    "strings.Count": Function(texts.count, "ss"),
    "strings.Fields": Function(texts.fields, "s"),
    "strings.HasPrefix": Function(str.startswith, "ss", is_check=True),
    "strings.HasSuffix": Function(str.endswith, "ss", is_check=True),
    "strings.Index": Function(lambda text, part: text.encode().find(part.encode()), "ss"),
    "strings.Join": Function(texts.join, "ts"),
    "strings.LastIndex": Function(lambda text, part: text.encode().rfind(part.encode()), "ss"),
    "strings.MaxRunes": Function(lambda text, count: len(text) <= count, "si", is_check=True),
    "strings.MinRunes": Function(lambda text, count: len(text) >= count, "si", is_check=True),
    "strings.Repeat": Function(texts.repeat, "si"),
    "strings.Replace": Function(texts.replace, "sssi"),
    "strings.Split": Function(texts.split, "ss"),
    "strings.SplitN": Function(texts.split, "ssi"),
    "strings.ToLower": Function(texts.lower, "s"),
    "strings.ToUpper": Function(texts.upper, "s"),
    "strings.Trim": Function(texts.trim, "ss"),
    "strings.TrimLeft": Function(texts.trim_left, "ss"),
    "strings.TrimPrefix": Function(str.removeprefix, "ss"),
    "strings.TrimRight": Function(texts.trim_right, "ss"),
    "strings.TrimSpace": Function(lambda text: text.strip(texts.SPACES), "s"),
    "strings.TrimSuffix": Function(str.removesuffix, "ss"),
    "strconv.Atoi": Function(texts.whole, "s"),
    "strconv.FormatInt": Function(texts.based, "ii"),
    "strconv.FormatUint": Function(texts.based, "ii"),
    "strconv.FormatBool": Function(lambda value: "true" if value else "false", "b"),
    "list.Avg": Function(lists.average, "u"),
    "list.Concat": Function(lists.concatenated, "l"),
    "list.Contains": Function(lists.contains, "l*"),
    "list.Drop": Function(lists.dropped, "li"),
    "list.FlattenN": Function(lists.flattened, "li"),
    "list.Max": Function(lists.greatest, "u"),
    "list.MaxItems": Function(lambda items, count: len(items) <= count, "li"),
    "list.Min": Function(lists.least, "u"),
    "list.MinItems": Function(lambda items, count: len(items) >= count, "li"),
    "list.Range": Function(lists.ranged, "nnn"),
    "list.Repeat": Function(lists.repeated, "li"),
    "list.Reverse": Function(lambda items: items[::-1], "l"),
    "list.Slice": Function(lists.sliced, "lii"),
    "list.SortStrings": Function(lambda items: sorted(items, key=str.encode), "t"),
    "list.Sum": Function(lists.total, "u"),
    "list.Take": Function(lists.taken, "li"),
    "math.Abs": Function(numerals.absolute, "n"),
    "math.Ceil": Function(numerals.ceiling, "n"),
    "math.Floor": Function(numerals.floor, "n"),
    "math.Round": Function(numerals.rounded, "n"),
    "math.Trunc": Function(numerals.truncated, "n"),
    "regexp.Match": Function(regexps.matches, "ss"),
    "struct.MaxFields": Function(lambda value, count: len(value) <= count, "mi"),
    "struct.MinFields": Function(lambda value, count: len(value) >= count, "mi"),
}
# Those of evaluation, each with one argument.
OWN: Final = frozenset({"len", "and", "or"})
PACKAGES: Final = frozenset({name.partition(".")[0] for name in FUNCTIONS if "." in name})


def full_name(name: str, imports: dict[str, str]) -> str:
    """The name with the path of its package."""
    package, dot, rest = name.partition(".")
    return f"{imports[package]}.{rest}" if dot and package in imports else name
