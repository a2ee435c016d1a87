"""Why a value cannot be passed on."""


class PassingError(ValueError):
    """Says why, and in `hint` what to do instead."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint
