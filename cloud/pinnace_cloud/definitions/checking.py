"""What is wrong with definitions: templates, names that are taken, and rules that sites cannot evaluate."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from pinnace_cloud.definitions import faults, health, library
from pinnace_cloud.definitions.compiling import Compiled, Compiler
from pinnace_cloud.definitions.library import Defined, Key
from pinnace_cloud.render.registry import Registry
from pinnace_schemas import diagnostics
from pinnace_schemas.definition import Definition
from pinnace_schemas.diagnostics import Diagnostic, InText, Parts
from pinnace_schemas.reasons import Reason

_TEMPLATE: Parts = ("spec", "schematic", "cue", "template")
_HEALTH: Parts = ("spec", "status", "healthPolicy")
_MESSAGE: Parts = ("spec", "status", "customStatus")
_DETAILS: Parts = ("spec", "status", "details")
# What becomes of it where sites cannot evaluate the text.
_INSTEAD = {_HEALTH: "sites judge by the kinds of the objects", _MESSAGE: "sites show no message of it"}
# What a text has to give, and what follows where it does not.
_GIVES = {_HEALTH: ("isHealth", "nothing that it makes is ever ready"), _MESSAGE: ("message", "it says nothing")}


def checked(
    base: Registry, compiler: Compiler, documents: Iterable[Definition]
) -> Mapping[Key, tuple[Defined, tuple[Diagnostic, ...]]]:
    """Each with what its template declares, and everything that is wrong with it. Raises PartMissing."""
    items = {(item.kind, item.name): item for item in documents}
    texts = {
        f"{kind} {name} {diagnostics.join_path(path)}": text
        for (kind, name), item in items.items()
        for path, text in _texts(item)
    }
    compiled = compiler.compile(texts)
    return {key: _checked(base, item, compiled) for key, item in items.items()}


def _checked(
    base: Registry, document: Definition, compiled: Mapping[str, Compiled]
) -> tuple[Defined, tuple[Diagnostic, ...]]:
    named = f"{document.kind} {document.name}"
    found = {path: compiled[f"{named} {diagnostics.join_path(path)}"] for path, _ in _texts(document)}
    problems = [*library.name_problems(base, document)]
    for path, result in found.items():
        problems += [_problem(document, path, item) for item in result.faults]
    is_wrong = bool(problems)
    doubts = () if is_wrong else tuple(_doubts(document))
    return Defined(document, found[_TEMPLATE].declared, is_wrong=is_wrong), (*problems, *doubts)


def _texts(document: Definition) -> Iterator[tuple[Parts, str]]:
    """The CUE texts of a definition, by their place."""
    yield _TEMPLATE, document.spec.template
    if document.spec.status.health_policy:
        yield _HEALTH, document.spec.status.health_policy
    if document.spec.status.custom_status:
        yield _MESSAGE, document.spec.status.custom_status
    if document.spec.status.details:
        yield _DETAILS, document.spec.status.details


def _doubts(document: Definition) -> Iterator[Diagnostic]:
    """Warnings of rules that give nothing, and of those that only `pinnace health` evaluates."""
    has_details = bool(document.spec.status.details)
    for path, text in _texts(document):
        field, what = _GIVES.get(path, ("", ""))
        if not re.search(rf"\b{field}\b", text):
            message = f"'{document.name}': it gives no '{field}', so {what}"
            yield diagnostics.warning(Reason.INVALID, message, *path)
        why = health.unread(text, has_details=has_details) if path in _INSTEAD else None
        if why:
            about = f"'{document.name}': {_INSTEAD[path]}: "
            problem = diagnostics.warning(Reason.UNSUPPORTED, f"{about}{why}", *path)
            yield _in_text(problem, f"{about}{why.plain}", why.line, why.column)


def _problem(document: Definition, path: Parts, fault: faults.Fault) -> Diagnostic:
    problem = diagnostics.error(Reason.INVALID, faults.said(f"'{document.name}'", fault), *path)
    plain = faults.said(f"'{document.name}'", replace(fault, line=0))
    return _in_text(problem, plain, fault.line, fault.column)


def _in_text(problem: Diagnostic, plain: str, line: int, column: int) -> Diagnostic:
    """`line` 0: of the text as a whole."""
    if not line:
        return problem
    return InText(problem.severity, problem.reason, problem.message, path=problem.path, at=(line, column), plain=plain)
