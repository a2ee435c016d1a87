"""The controller's own error: input that has several things wrong at several places."""

from collections.abc import Sequence

from pinnace_schemas import api
from pinnace_schemas.errors import Rejected


class InvalidSources(Rejected):
    """Carries every diagnostic; nothing has changed. The message is that of the first error."""

    def __init__(self, diagnostics: Sequence[api.DiagnosticBody]) -> None:
        first = next(item for item in diagnostics if item.severity == "error")
        place = f"{first.source}:{first.line}:{first.column}" if first.line else first.source
        super().__init__(first.reason, f"{first.path}: {first.message}" if first.path else first.message, place)
        self.diagnostics = tuple(diagnostics)
