"""What a rule may fail with: two errors for those who ask, and one that stays within the evaluator."""

# Characters of what an error says: it may name what stands in a text or an object, and many errors are kept at a time.
MOST_SAID = 500


class Unsupported(ValueError):  # noqa: N818 - what it says reads best so
    """The text is not CUE, or uses a part of CUE that is not known here.

    `line` and `column` count from 1; both are 1 for what is said of the text as a whole. `plain` says it without them.
    """

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(f"line {line}, column {column}: {message}")
        self.plain = message
        self.line = line
        self.column = column


class Unevaluable(ValueError):  # noqa: N818 - as above
    """The text has no concrete JSON value for the field; the message says why."""


class Unsure(Unevaluable):
    """Whether the text has a value for the field, and which, cannot be said here: it takes too much, asks for what is
    not known, or for what depends on how the reference implementation goes about it.
    """


class Bottom(Exception):  # noqa: N818 - CUE's word for a value that is an error
    """CUE's `_|_`: no value. `is_final` where nothing that is added could mend it, as a conflict; else it is
    incomplete, as a field that is missing. `level` counts the nodes that were being worked out when it was found.
    """

    def __init__(self, message: str, *, is_final: bool = False, level: int = 0) -> None:
        super().__init__(message[:MOST_SAID])
        self.is_final = is_final
        self.level = level


class Missing(Bottom):
    """What was given does not have this, or only a type is known: incomplete, and nothing else about it is in doubt."""

    def in_doubt(self) -> Bottom:
        """The same where the reference implementation may have it for a conflict."""
        return Bottom(str(self), level=self.level)


def worse(one: Bottom, other: Bottom) -> Bottom:
    """The one that decides where both are found: a conflict, then what is incomplete, then what is merely missing."""
    return other if _weight(other) > _weight(one) else one


def _weight(error: Bottom) -> int:
    return 2 if error.is_final else 0 if isinstance(error, Missing) else 1


class OutOfBound(Bottom):
    """A scalar is known, and something else that is said of it is an error: a bound that it does not fit, a reference
    to nothing. Whether the reference implementation has seen that when another field asks depends on its order of work.
    """


class Abandoned(Exception):  # noqa: N818 - no error of the text's
    """The evaluation goes no further: it takes too much, or comes upon what is not known here. No part of the text can
    catch this, so that nothing is concluded from it.
    """
