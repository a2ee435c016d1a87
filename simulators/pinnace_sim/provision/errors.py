"""What can go wrong with a real part: it is not on this machine, or it ended when it should have run. Nothing else."""

from __future__ import annotations


class PartMissing(Exception):  # noqa: N818 - a claim about the machine, raised where tests may skip
    """A real part (a program, a toolchain, a package) is not here. Says what, where it was looked for, what to do."""

    def __init__(self, what: str, where: str, remedy: str) -> None:
        super().__init__(f"{what} is missing: looked in {where}. {remedy}")
        self.what = what
        self.remedy = remedy


class BuildFailed(Exception):  # noqa: N818 - named as what happened, as the errors of the other packages
    """Building or fetching a real part failed; the message carries the last lines of the tool that failed."""


class ProgramFailed(Exception):  # noqa: N818 - named as what happened
    """A program that was started ended early or was not ready in time; the message carries the tail of its log."""
