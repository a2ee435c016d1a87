"""Whatever a text or what is given may be, the answer is a value or one of two errors, in bounded time and memory."""

import random
import tracemalloc
from typing import Any

import pytest

from pinnace_schemas.cue import Unevaluable, Unsupported, parse

MAX_MEMORY_BYTES = 48 * 1024 * 1024
TOKENS = (
    *("x", ":", "{", "}", "[", "]", "(", ")", "if", "for", "in", "let", "=", "_|_", "|", "&", "*", "...", '"a"', '"""'),
    *(
        "\n",
        "\\(",
        "#",
        "1",
        "context",
        ".",
        "!",
        "?",
        ",",
        "==",
        "!=",
        ">",
        "_",
        "int",
        '"\\(',
        '#"',
        "len(",
        "+",
        "//",
    ),
)


def outcome(text: str, given: dict[str, Any] | None = None) -> str:
    try:
        parse(text).value("x", given or {})
    except (Unsupported, Unevaluable) as exc:
        return str(exc)
    return "a value"


def chain(line: str, count: int, last: str) -> str:
    return "\n".join(line.format(i, i + 1) for i in range(count)) + f"\na{count}: {last}"


HOSTILE = {
    "structs that double": chain("a{0}: {{l: a{1}, r: a{1}}}", 40, "1") + "\nx: a0",
    "texts that double": chain("a{0}: a{1} + a{1}", 40, '"aaaaaaaaaaaaaaaa"') + "\nx: len(a0)",
    "numbers that double": chain("a{0}: a{1} * a{1}", 40, "10") + "\nx: a0",
    "a long way": chain("a{0}: a{1} + 1", 2000, "1") + "\nx: a0",
    "a text that is repeated": 'import "strings"\nx: strings.Repeat("abc", 1000000000)',
    "a text times a number": 'x: "abc" * 1000000000000',
    "a text in a text": 'import "strings"\nx: strings.Replace("a" * 1000, "a", "b" * 1000, -1)',
    "a list that is repeated": 'import "list"\nx: list.Repeat([1], 100000000)',
    "a long range": 'import "list"\nx: list.Range(0, 100000000, 1)',
    "loops in loops": "x: len([for a in y for b in y for c in y {1}])\n"
    "y: [for a in z for b in z for c in z {a}]\nz: [1,2,3,4]",
    "many alternatives": "x: " + " & ".join(f"({' | '.join(f'{{a{i}: {j}}}' for j in range(8))})" for i in range(20)),
    "a pattern that repeats repetitions": 'x: ("a" * 5000) =~ "((a*)*)*b"',
    "a struct in itself": "x: {a: x}",
    "a list in itself": "x: [x]",
    "a struct and itself": "x: y & {a: 1}\ny: {b: x}",
    "a loop over itself": "x: {for k, v in x {(k): v}}",
}


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_ends_without_a_value_and_without_much_memory(text: str) -> None:
    tracemalloc.start()
    try:
        assert outcome(text) != "a value" or "=~" in text
        assert tracemalloc.get_traced_memory()[1] < MAX_MEMORY_BYTES
    finally:
        tracemalloc.stop()


def test_fewer_steps_end_sooner() -> None:
    rule = parse("x: 1 + 1")
    assert rule.value("x", {}) == 2
    with pytest.raises(Unevaluable, match="too many steps"):
        rule.value("x", {}, most_steps=3)


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    "value",
    [nested(3000), {1: 2}, {"a": object()}, float("nan"), float("inf"), (1, 2), b"a", "\ud800", {"\ud800": 1}, 10**60],
    ids=lambda value: type(value).__name__,
)
def test_what_is_given_and_cannot_be_is_no_value(value: Any) -> None:
    with pytest.raises(Unevaluable):
        parse("x: context").value("x", {"context": value})
    assert parse("x: 1").value("x", {"context": value}) == 1


def test_no_text_makes_another_error() -> None:
    chance = random.Random(7)
    for _ in range(800):
        outcome("x: " + " ".join(chance.choice(TOKENS) for _ in range(chance.randrange(30))), {"context": {"a": 1}})
        outcome("".join(chr(chance.randrange(1, 0x250)) for _ in range(chance.randrange(40))))
