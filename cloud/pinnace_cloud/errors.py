"""The controller's own errors: input that has several things wrong at several places, and a program that is missing."""

from collections.abc import Sequence

from pinnace_schemas import api
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason


class InvalidSources(Rejected):
    """Carries every diagnostic; nothing has changed. The message is that of the first error."""

    def __init__(self, diagnostics: Sequence[api.DiagnosticBody]) -> None:
        first = next(item for item in diagnostics if item.severity == "error")
        place = f"{first.source}:{first.line}:{first.column}" if first.line else first.source
        super().__init__(first.reason, f"{first.path}: {first.message}" if first.path else first.message, place)
        self.diagnostics = tuple(diagnostics)


class PartMissing(Rejected):
    """A program is not on this machine: what, where it was looked for, and how to get it."""

    def __init__(self, what: str, where: str, remedy: str) -> None:
        super().__init__(Reason.PART_MISSING, f"{what} is missing: looked in {where}. {remedy}")


class UnfitPart(PartMissing):
    """A setting names a program that will not do: which setting, which program, and what is wrong with it."""

    def __init__(self, what: str, setting: str, where: str, wrong: str, remedy: str) -> None:
        Rejected.__init__(self, Reason.PART_MISSING, f"{setting} is to name {what}, but {where} {wrong}. {remedy}")
