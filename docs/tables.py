"""Prints pages of docs/ from the code: states, reasons, settings and metrics.

python docs/tables.py           writes the pages
python docs/tables.py --check   ends with 1 and names the pages that differ from the code
"""

import argparse
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import words
from pydantic import BaseModel

from pinnace_cloud import api, settings_file
from pinnace_cloud import settings as cloud_settings
from pinnace_cloud.metrics import Metrics
from pinnace_cloud.ports import Controller
from pinnace_cloud.rules import convergence
from pinnace_cloud.storage.rows import AppKey, Sight
from pinnace_edge import settings as edge_settings
from pinnace_edge import sources
from pinnace_edge.rules.phases import TRANSITIONS, Trigger
from pinnace_schemas.api import Verdict
from pinnace_schemas.journal import Event
from pinnace_schemas.limits import Limits
from pinnace_schemas.messages import AppState
from pinnace_schemas.phases import Phase
from pinnace_schemas.reasons import REASONS, Reason

FOLDER = Path(__file__).parent
PRINTED = "<!-- Printed by docs/tables.py; edit the code or docs/words.py, then run 'make docs-tables'. -->\n"

_ONE_VERDICT = """\
One verdict for each application on each node. Of several, the worst is shown; from worst to best: {severity}.
"""
_WHERE_SETTINGS_ARE = """\
Files are TOML. What the environment says goes before the file; a name that does not exist is refused, with the nearest
that does. The environment variable of a setting is the prefix and its name in capitals; of a limit, the prefix,
`LIMITS_` and its name. In a file, limits stand under `[limits]`.
"""
_JOINED = """\
Joining writes tenant, node and broker to `{file}` in the data folder; a file or the environment goes before it.
"""
_LIMITS_AGREE = """\
The same for both programs, and to be kept equal: the controller refuses at `apply` what a node would refuse.
"""
_METRICS = """\
`GET /metrics` of the controller, in the format of Prometheus. No label takes a value from outside; none names a node.
"""
_SUFFIX = {"counter": "_total"}
_NAMED = re.compile(r"(?P<name>[A-Za-z_]\w*)\s*[:=]")
_UNITS = ((1024 * 1024, "MiB"), (1024, "KiB"))


def states() -> str:
    """Phases on a node, what moves them, what the cloud concludes, and what is journalled."""
    return "\n".join(
        (
            "# States\n",
            PRINTED,
            "## Phases of an application on a node\n",
            _table(("phase", "meaning"), _texts(words.PHASES, Phase)),
            "\nThe usual courses:\n",
            "\n".join(f"- {what}: {' → '.join(phases)}" for what, phases in _courses()),
            "\n`Waiting`, `Returning` and `Returned` come with waves and automatic return; they do not exist yet.\n",
            "## What moves a phase\n",
            "A pair that is not in this table is a bug: the daemon ends with an error instead of guessing.\n",
            _table(("in phase", "when", "next phase"), _transitions()),
            "\n## What the cloud concludes\n",
            _ONE_VERDICT.format(severity=", ".join(convergence.SEVERITY)),
            _table(("verdict", "meaning"), _texts(words.VERDICTS, Verdict)),
            "\nAn application that goes to no node, for want of a group or of members there, is `Pending` (`NoNodes`).",
            "\nFor a node that has joined and is not offline the verdict follows from the reported phase:\n",
            _table(("phase", "verdict", "reason, unless the node names one"), _verdicts()),
            "\nA node that reports `Converged` for another bundle than the wanted one is `Pending` (`OutOfDate`).\n",
            "While a node reports `ClusterUnavailable`, it cannot know: what was Converged there is `Degraded`.",
            "So is an application that the node calls Converged with a reason beside it: it could not look again.",
            "That problem and `DiskFull` are also the reason where the wanted revision does not run yet.\n",
            "## What is journalled\n",
            _table(("event", "meaning"), _texts(words.EVENTS, Event)),
            "",
        )
    )


def reasons() -> str:
    """All reason codes, under the headings that their enumeration has."""
    lines = ["# Reasons\n", PRINTED, "Every refusal and every state that is not as wanted names one of these codes."]
    headings = _comments(Reason)
    rows: list[tuple[str, ...]] = []
    for reason in Reason:
        if reason.name in headings:
            lines += _reason_rows(rows)
            rows = []
            lines.append(f"\n## {headings[reason.name].rstrip('.')}\n")
        rows.append((f"`{reason.value}`", REASONS[reason].meaning, REASONS[reason].action))
    return "\n".join((*lines, *_reason_rows(rows), ""))


def settings() -> str:
    """Settings of both programs with their defaults and reasons."""
    return "\n".join(
        (
            "# Settings\n",
            PRINTED,
            _WHERE_SETTINGS_ARE,
            _table(("program", "file", "else", "else; may be missing", "prefix"), _files()),
            "\n## The daemon\n",
            _JOINED.format(file=edge_settings.JOINED_FILE),
            _settings_table(edge_settings.Settings, words.DAEMON, without="limits"),
            "\n## The controller\n",
            _settings_table(cloud_settings.Settings, words.CONTROLLER, without="limits"),
            "\n## Limits\n",
            _LIMITS_AGREE,
            _settings_table(Limits, words.LIMITS),
            "",
        )
    )


def metrics() -> str:
    """What /metrics of the controller gives."""
    registry = Metrics().registry
    nothing = SimpleNamespace(ready=dict, nodes=tuple, verdicts=tuple)
    api.create(cast("Controller", nothing), api.ApiSettings(version="0"), registry).build_middleware_stack()
    rows = sorted((f"`{item.name}{_SUFFIX.get(item.type, '')}`", item.documentation) for item in registry.collect())
    return "\n".join(("# Metrics\n", PRINTED, _METRICS, _table(("metric", "what"), rows), ""))


PAGES: Mapping[str, Callable[[], str]] = {
    "states.md": states,
    "reasons.md": reasons,
    "settings.md": settings,
    "metrics.md": metrics,
}


def _reason_rows(rows: Sequence[tuple[str, ...]]) -> list[str]:
    return [_table(("code", "because", "what to do"), rows)] if rows else []


def _courses() -> Iterable[tuple[str, list[Phase]]]:
    """What happens when nothing goes wrong, walked along the table."""
    for what, begin, triggers in words.COURSES:
        phases = [Phase(begin)]
        for trigger in triggers:
            phases.append(TRANSITIONS[phases[-1], Trigger[trigger]])
        yield what, phases


def _transitions() -> Iterable[tuple[str, ...]]:
    """Phases that go the same way share a row."""
    ways: dict[tuple[Trigger, Phase], list[Phase]] = {}
    for (phase, trigger), after in TRANSITIONS.items():
        ways.setdefault((trigger, after), []).append(phase)
    order, places = list(Trigger), {phase: place for place, phase in enumerate(Phase)}
    for (trigger, after), phases in sorted(ways.items(), key=lambda item: order.index(item[0][0])):
        before = sorted(phases, key=places.__getitem__)
        yield ", ".join(before), trigger.value, after.value


def _verdicts() -> Iterable[tuple[str, ...]]:
    for phase in Phase:
        found = convergence.conclude(_sight(phase), limit="")
        yield phase.value, found.verdict.value, f"`{found.reason}`" if found.reason else ""


def _sight(phase: Phase) -> Sight:
    at, digest = "2026-01-01T00:00:00Z", "0" * 64
    state = AppState(namespace="a", application="a", group="a", phase=phase, bundle=digest, since=at)
    return Sight(AppKey("a", "a"), "a", "a", 1, digest, is_joined=True, last_seen=at, state=state)


def _files() -> Iterable[tuple[str, ...]]:
    for name, prefix, file in (
        ("`pinnace-edge`", sources.PREFIX, sources.DEFAULT_FILE),
        ("`pinnace serve` and what works on its store", settings_file.PREFIX, cloud_settings.DEFAULT_FILE),
    ):
        yield name, "`--config FILE`", f"`{prefix}CONFIG`", f"`{file}`", f"`{prefix}`"


def _settings_table(model: type[BaseModel], texts: Mapping[str, str], without: str = "") -> str:
    names = [name for name in model.model_fields if name != without]
    _compare(texts, names, model.__name__)
    why = _comments(model)
    schema = model.model_json_schema()
    rows = [
        (f"`{name}`", texts[name], _form(schema["properties"][name], schema), _default(model, name), why.get(name, ""))
        for name in names
    ]
    return _table(("setting", "what", "value", "default", "why"), rows)


def _form(field: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    if "$ref" in field:
        return _form(schema["$defs"][field["$ref"].rpartition("/")[2]], schema)
    if "anyOf" in field:
        return next(text for text in (_form(item, schema) for item in field["anyOf"]) if text)
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    forms = {"path": "path", "password": "secret text"}
    if field.get("format") in forms:
        return forms[field["format"]]
    if "pattern" in field:
        return "DNS label"
    kinds = {"string": "text", "integer": "whole number", "number": "seconds", "boolean": "true or false", "null": ""}
    return kinds[field["type"]] + _range(field)


def _range(field: Mapping[str, Any]) -> str:
    if "minimum" in field:
        return f", {field['minimum']} to {field['maximum']}"
    return f" above {field['exclusiveMinimum']:g}" if "exclusiveMinimum" in field else ""


def _default(model: type[BaseModel], name: str) -> str:
    value = model.model_fields[name].default
    if value is None or not str(value):
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, int) and name.endswith("_bytes"):
        unit, text = next((unit, text) for unit, text in _UNITS if value % unit == 0)
        return f"{value} ({value // unit} {text})"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def _comments(model: type) -> dict[str, str]:
    """The comment lines right above each name of a class, or of a base of ours, joined."""
    found: dict[str, str] = {}
    waiting: list[str] = []
    ours = [kind for kind in reversed(model.__mro__) if kind.__module__.startswith("pinnace_")]
    for line in (line.strip() for kind in ours for line in inspect.getsource(kind).splitlines()):
        name = _NAMED.match(line)
        if line.startswith("# "):
            waiting.append(line.removeprefix("# "))
        elif name and waiting:
            found[name["name"]] = " ".join(waiting)
        if not line.startswith("# "):
            waiting = []
    return found


def _texts(texts: Mapping[str, str], kind: type[StrEnum]) -> list[tuple[str, ...]]:
    _compare(texts, [item.value for item in kind], kind.__name__)
    return [(f"`{item.value}`", texts[item.value]) for item in kind]


def _compare(texts: Mapping[str, str], names: Iterable[str], what: str) -> None:
    differing = sorted(texts.keys() ^ set(names))
    if differing:
        raise SystemExit(f"docs/words.py and {what} differ in: {', '.join(differing)}")


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |" for line in lines)


def main() -> int:
    """Writes or checks the pages; returns the exit code."""
    parser = argparse.ArgumentParser(description="Prints the tables of docs/ from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 if a page differs")
    is_check = parser.parse_args().check
    differing = []
    for name, page in PAGES.items():
        text, path = page(), FOLDER / name
        if is_check and (not path.exists() or path.read_text(encoding="utf-8") != text):
            differing.append(name)
        elif not is_check:
            path.write_text(text, encoding="utf-8")
    if differing:
        sys.stderr.write(f"differ from the code: {', '.join(differing)}; run 'make docs-tables' and commit\n")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
