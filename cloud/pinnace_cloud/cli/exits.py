"""How the program ends: one table of exit codes, printed in docs/cli.md."""

from enum import IntEnum

from pinnace_cloud.errors import InvalidSources
from pinnace_schemas.errors import Misconfigured, PinnaceError, Rejected
from pinnace_schemas.reasons import Reason


class Exit(IntEnum):
    """2 is also what the option parser uses; 130 and 141 are the shell's numbers for SIGINT and SIGPIPE."""

    OK = 0
    DIFFERENT = 1
    USAGE = 2
    REFUSED = 3
    UNREACHABLE = 4
    NOT_FOUND = 5
    TIMEOUT = 6
    DENIED = 7
    BUG = 70
    INTERRUPTED = 130
    PIPE_CLOSED = 141


MEANINGS: dict[Exit, str] = {
    Exit.OK: "done; for `status`: every node is Converged; for `diff`: no difference; for `health`: all are healthy",
    Exit.DIFFERENT: (
        "not as wanted: `diff` found a difference, `status` a node that is not Converged or an application that goes to"
        " none, or `health` a part that is not healthy"
    ),
    Exit.USAGE: "the command line, the configuration or a named file is wrong",
    Exit.REFUSED: "refused by validation; nothing was changed",
    Exit.UNREACHABLE: "the controller cannot be reached, cannot answer at this moment, or is of another version",
    Exit.NOT_FOUND: "nothing of this name exists",
    Exit.TIMEOUT: "`--timeout` passed before it was done; what was begun goes on",
    Exit.DENIED: "the API token is missing or wrong",
    Exit.BUG: "a bug in Pinnace, here or in the controller",
    Exit.INTERRUPTED: "interrupted",
    Exit.PIPE_CLOSED: "the reader of the output went away",
}

_BY_REASON = {
    Reason.NOT_FOUND: Exit.NOT_FOUND,
    Reason.UNKNOWN_TYPE: Exit.NOT_FOUND,
    Reason.UNKNOWN_FIELD: Exit.NOT_FOUND,
    # Of documents it comes as InvalidSources; alone it says that both programs do not fit.
    Reason.UNSUPPORTED: Exit.UNREACHABLE,
    Reason.UNAUTHENTICATED: Exit.DENIED,
    Reason.INTERNAL: Exit.BUG,
}


def of(error: PinnaceError) -> Exit:
    """The exit code of an error that was raised on purpose."""
    if isinstance(error, InvalidSources):
        return Exit.REFUSED
    if isinstance(error, Misconfigured):
        return Exit.USAGE
    return _BY_REASON.get(error.reason, Exit.REFUSED) if isinstance(error, Rejected) else Exit.UNREACHABLE
