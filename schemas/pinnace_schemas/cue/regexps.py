"""Regular expressions: those of RE2 that Python's `re` reads alike and that cannot take long."""

from pinnace_schemas.cue.errors import Bottom


def matches(pattern: str, text: str) -> bool:
    """Whether the pattern is found in the text. Raises Bottom."""
    if not pattern:
        return len(text) >= 0
    raise Bottom(f"regular expressions are not known here: {pattern}")
