"""Errors grouped by what the caller does next. Anything else that is raised is a bug of ours and surfaces."""

from pinnace_schemas.reasons import Reason


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


class Unavailable(PinnaceError):  # noqa: N818 - the other side is, we are not
    """Try again later; `retry_after_s` (seconds) is the other side's wish, if it had one."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
