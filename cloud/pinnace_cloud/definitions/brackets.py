"""CUE text as words that are nested by their brackets, and as the elements that stand within two of them.

Of the language it knows texts, comments and brackets: enough to see what stands where. Nothing is evaluated.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""
    (?P<comment>//[^\n]*)
  | (?P<text>(?P<raw>\#*)(?P<quote>\"{3}|'{3}|"|')(?:\\.|(?!(?P=quote)(?P=raw)).)*?(?P=quote)(?P=raw))
  | (?P<end>[\n,])
  | (?P<open>[{\[(])
  | (?P<close>[}\])])
  | (?P<word>\.\.\.|[\w$\#][\w$\#.-]*|[<>=!]=|[=!]~|&&|\|\||\S)
    """,
    re.VERBOSE | re.DOTALL,
)
# Blanks that nobody writes: behind a sign that stands before a value, before a colon and before arguments.
_LOOSE = re.compile(r"([*<>~]|[<>]=) |(?<=\S) ([:(])")
_PAIRS = {"{": "}", "[": "]", "(": ")"}
# The end of a line, or a comma.
END = "\n"
# What a line does not end with.
_GOES_ON = ("|", "&", ":", "=")


@dataclass(frozen=True, slots=True)
class Group:
    """What stands between two brackets: `start` and `end` are those of its text, with them, in the `whole`."""

    bracket: str
    inside: tuple["Item", ...]
    whole: str = field(repr=False)
    start: int
    end: int

    def __str__(self) -> str:
        return self.whole[self.start : self.end]


# A word, a text with its quotes, a sign or a comment, as it stands there.
Item = str | Group
Items = tuple[Item, ...]


def read(text: str) -> Items:
    """Raises ValueError where brackets do not fit."""
    levels: list[tuple[int, list[Item]]] = [(0, [])]
    for match in _TOKEN.finditer(text):
        found = match[0]
        if match["open"]:
            levels.append((match.start(), []))
        elif match["close"]:
            start, inside = levels.pop()
            if not levels or _PAIRS[text[start]] != found:
                raise ValueError(f"unexpected '{found}'")
            levels[-1][1].append(Group(text[start], tuple(inside), text, start, match.end()))
        else:
            levels[-1][1].append(END if match["end"] else found)
    if len(levels) > 1:
        raise ValueError("a bracket is not closed")
    return tuple(levels[0][1])


def elements(items: Items) -> Iterator[Items]:
    """Fields, embedded values, branches, and comments that stand above one of them."""
    current: list[Item] = []
    for item in items:
        if isinstance(item, str) and item.startswith("//"):
            if not current:
                yield (item,)
        elif item != END:
            current.append(item)
        elif current and current[-1] not in _GOES_ON:
            yield tuple(current)
            current = []
    if current:
        yield tuple(current)


def parts(items: Items, sign: str) -> list[Items]:
    """What stands between the signs, such as `|`."""
    if sign not in items:
        return [items]
    found: list[list[Item]] = [[]]
    for item in items:
        if item == sign:
            found.append([])
        else:
            found[-1].append(item)
    return [tuple(part) for part in found]


def written(items: Sequence[Item]) -> str:
    """For people, on one line."""
    text = " ".join(str(item) for item in items if item != END)
    return _LOOSE.sub(r"\1\2", " ".join(text.split()))
