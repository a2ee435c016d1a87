"""Numbers as people read them: counts with their nouns, sizes with their units, and what exceeds a limit."""

_UNITS = ((1024 * 1024 * 1024, "GiB"), (1024 * 1024, "MiB"), (1024, "KiB"))


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 node`, `3 nodes`; `plural` for nouns that do not take an s."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def size(number: int) -> str:
    """Bytes: `96 KiB` where that is all of it, else `96.1 KiB (98420 bytes)`, so that close ones can be told apart."""
    for unit, name in _UNITS:
        if number >= unit:
            whole, rest = divmod(number, unit)
            return f"{number / unit:.1f} {name} ({number} bytes)" if rest else f"{whole} {name}"
    return count(number, "byte")


def too_large(number: int, limit: int, setting: str = "") -> str:
    """`96.1 KiB (98420 bytes), and the limit is 96 KiB (max_message_bytes)`. `setting` is what raises the limit."""
    return f"{size(number)}, and the limit is {size(limit)}{_named(setting)}"


def too_many(number: int, limit: int, noun: str, setting: str = "") -> str:
    """`1001 objects, and the limit is 1000 (max_objects)`."""
    return f"{count(number, noun)}, and the limit is {limit}{_named(setting)}"


def _named(setting: str) -> str:
    return f" ({setting})" if setting else ""
