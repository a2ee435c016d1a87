"""Errors grouped by what the caller does next. Anything else that is raised is a bug of ours and surfaces."""

import errno
import re

from pinnace_schemas.reasons import Reason

# What passes by itself, or when somebody frees something; everything else that a path says stays as it is.
_PASSING = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOMEM})
_NUMBERS = re.compile(r"^\[(?:Errno -?\d+|\w+: \w+)\] | \(_ssl\.c:\d+\)$")


class PinnaceError(Exception):
    """Base of every error that Pinnace raises on purpose."""


class Rejected(PinnaceError):  # noqa: N818 - the name says what happened to the input
    """Record and report; never retry the same input.

    Args:
        reason: one code of the reason table (`pinnace_schemas.reasons`).
        message: what is wrong and what to do next, for a person.
        where: file and line, field path, topic or object, whichever names the place best.
    """

    def __init__(self, reason: Reason, message: str, where: str = "") -> None:
        super().__init__(f"{where}: {message}" if where else message)
        self.reason = reason
        self.message = message
        self.where = where


class Misconfigured(Rejected):
    """What this program was told is wrong: a setting, an argument, or a file that one of them names.

    The message says what to write instead: general advice for the reason would only repeat it.
    """


class Unavailable(PinnaceError):  # noqa: N818 - the other side is, we are not
    """Try again later; `retry_after_s` (seconds) is the other side's wish, if it had one."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


def of_path(exc: OSError, where: str, advice: str) -> Misconfigured | Unavailable:
    """What a path that we were given said to us: wrong as it stands, or not usable at this moment."""
    message = f"{plain(exc)}; {advice}"
    if exc.errno in _PASSING:
        return Unavailable(f"{where}: {message}")
    return Misconfigured(Reason.INVALID, message, where)


def plain(exc: Exception) -> str:
    """What an error of the system, of TLS or of decoding says, without its numbers and the path, which we name."""
    if isinstance(exc, UnicodeDecodeError):
        return f"no UTF-8 text, at byte {exc.start}"
    text = exc.strerror if isinstance(exc, OSError) and exc.strerror else str(exc)
    return _NUMBERS.sub("", _NUMBERS.sub("", text)) or type(exc).__name__
