"""Errors on stderr: what, where, and what to do. A stack trace is for us, not for who runs a fleet."""

from collections.abc import Iterable

from rich.text import Text

from pinnace_cloud.cli import exits
from pinnace_cloud.cli.exits import Exit
from pinnace_cloud.cli.output import console
from pinnace_cloud.errors import InvalidSources
from pinnace_schemas import amounts, api
from pinnace_schemas.diagnostics import Diagnostic, Severity
from pinnace_schemas.errors import Misconfigured, PinnaceError, Rejected
from pinnace_schemas.reasons import REASONS, Reason

# Their messages name the place and what to do; the general advice would only repeat it.
_SAID = frozenset(
    {
        Reason.INVALID,
        Reason.IN_USE,
        Reason.MALFORMED,
        Reason.UNKNOWN_FIELD,
        Reason.UNKNOWN_TYPE,
        Reason.UNSUPPORTED,
        # Of the controller's own store and keys here; the advice is for those of a site.
        Reason.STORE_DAMAGED,
        Reason.INCONSISTENT,
    }
)
_COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "yellow"}


def show(error: PinnaceError) -> Exit:
    """Prints, and gives the exit code."""
    if isinstance(error, InvalidSources):
        show_diagnostics(error.diagnostics)
        count = sum(item.severity == Severity.ERROR for item in error.diagnostics)
        complain(f"{amounts.count(count, 'error')}; nothing was done")
    else:
        complain(str(error))
    if isinstance(error, Rejected) and not _says_all(error):
        console.note(f"  hint: {REASONS[error.reason].action}")
    return exits.of(error)


def _says_all(error: Rejected) -> bool:
    return isinstance(error, InvalidSources | Misconfigured) or error.reason in _SAID


def show_os_error(error: OSError) -> Exit:
    """For a file or folder of this machine that does not let us."""
    place = f"{error.filename}: " if error.filename else ""
    complain(f"{place}{error.strerror or error}")
    return Exit.USAGE


def show_bug(error: Exception) -> Exit:
    """For what we did not foresee."""
    complain(f"this is a bug in pinnace: {type(error).__name__}: {error}")
    for note in getattr(error, "__notes__", ()):
        console.note(f"  {note}")
    console.note("  hint: run it again with PINNACE_DEBUG=1 and report what it prints")
    return Exit.BUG


def show_diagnostics(diagnostics: Iterable[api.DiagnosticBody]) -> None:
    """One line each, `file:line:column: error: path: message`, as compilers print them and editors read them."""
    for item in diagnostics:
        severity = Severity(item.severity) if item.severity in set(Severity) else Severity.ERROR
        text = Diagnostic(
            severity, item.reason, item.message, item.source, item.line, item.column, item.path, item.hint, item.about
        )
        line = Text(console.clean(str(text)))
        line.highlight_words([f" {severity}: "], style=_COLOURS[severity])
        console.err().print(line)


def complain(message: str) -> None:
    """`error: MESSAGE`."""
    console.err().print(Text.assemble(("error: ", _COLOURS[Severity.ERROR]), console.clean(message)))


def warn(message: str) -> None:
    """`warning: MESSAGE`."""
    console.err().print(Text.assemble(("warning: ", _COLOURS[Severity.WARNING]), console.clean(message)))


def explain(reasons: Iterable[Reason | None]) -> None:
    """Meaning and advice of each reason, once: `Offline: the node has not been heard of ...; look at the link`."""
    for reason in dict.fromkeys(item for item in reasons if item is not None):
        info = REASONS[reason]
        console.note(f"{reason}: {info.meaning}")
        console.note(f"  hint: {info.action}")
