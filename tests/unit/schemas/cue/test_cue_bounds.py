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


def often(term: str, sign: str, lines: int = 20) -> str:
    return "\n".join(f"x{i}: {f' {sign} '.join([term] * 60)}" for i in range(lines)) + "\nx: true"


STRINGS, LIST = 'import "strings"\n', 'import "list"\n'
TEXTS = 't: strings.Repeat("x", 262144)\nu: strings.Repeat("y", 262144)\n'
NUMBERS = LIST + "a: list.Range(0, 8000, 1)\n"
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
    "short patterns with many states": 'import "strings"\nt: strings.Repeat("a", 1600)\nx: '
    + " || ".join(["(t =~ '[ab]{290}c')".replace("'", '"')] * 30),
    "nothing repeated within itself": 'x: ("a" =~ "' + "(" * 4 + "()" + "{300})" * 4 + 'a" && 1)',
    "many patterns": 'x: true\ny: "a" & ' + " & ".join(f'!~"[a{"b" * 500}]{{200}}{i}"' for i in range(60)),
    "a long text often in a text": STRINGS + TEXTS + 'x: "' + "\\(t)" * 400 + '"',
    "a long text often in a list": LIST + STRINGS + TEXTS + 'x: strings.Join(list.Repeat([t], 400), "")',
    "a long text between others": LIST + STRINGS + TEXTS + 'x: strings.Join(list.Repeat(["a"], 400), t)',
    "long texts that are sorted": LIST + STRINGS + TEXTS + "x: list.SortStrings(list.Repeat([t], 400))",
    "long texts of wide characters": 'import "strings"\nx: true\n'
    + "\n".join(f'y{i}: strings.Repeat("\\U0001F600", 262144)' for i in range(60)),
    "many signs of many": STRINGS + TEXTS + often("strings.ContainsAny(t, u)", "||"),
    "many signs that are taken off": STRINGS + TEXTS + often('(strings.Trim(t, u + "x") == "a")', "||"),
    "a long text that is compared often": STRINGS + TEXTS + often("(t <= u)", "&&"),
    "a long text that is read often": STRINGS + TEXTS + often('strings.Count(t, "y")', "+"),
    "a long list that is counted often": NUMBERS + often("len(a)", "+"),
    "a long list that is cut often": NUMBERS + often("len(a[0:0])", "+"),
    "a long list that is compared often": NUMBERS + f"x: [{', '.join(['a'] * 400)}] == []",
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
        said = outcome(text)
        assert said != "a value" or "((a*)*)*" in text
        assert not said.startswith("line ")
        assert tracemalloc.get_traced_memory()[1] < MAX_MEMORY_BYTES
    finally:
        tracemalloc.stop()


GREEDY = {
    "errors that name long texts": LIST
    + STRINGS
    + TEXTS
    + "m: {}\nl: [for i in list.Range(0, 400, 1) {m[t]}]\n"
    + "\n".join(f"y{i}: l[{i}] == _|_" for i in range(400))
    + "\nx: true",
    "a large body in a long loop": LIST
    + f"x: {{for i in list.Range(0, 400, 1) {{if false {{{', '.join(f'a{i}: 1' for i in range(6000))}}}}}}}",
}


@pytest.mark.slow
@pytest.mark.parametrize("text", GREEDY.values(), ids=GREEDY.keys())
def test_what_a_text_names_is_not_kept_many_times(text: str) -> None:
    tracemalloc.start()
    try:
        outcome(text)
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
