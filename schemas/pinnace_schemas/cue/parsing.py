"""Reads expressions of CUE into their tree, by the grammar of v0.14. What is not known is refused with its place."""

from collections.abc import Callable
from functools import partial
from typing import Final

from pinnace_schemas.cue import numerals
from pinnace_schemas.cue.errors import Unsupported
from pinnace_schemas.cue.quoting import Reader
from pinnace_schemas.cue.tokens import END, KEYWORD, NAME, SIGN, STRING, Scanner, Source, Token
from pinnace_schemas.cue.tree import (
    Binary,
    BottomLiteral,
    Call,
    Disjunction,
    Elements,
    Expression,
    Hidden,
    Index,
    Interpolation,
    Literal,
    Name,
    Selector,
    Slice,
    Unary,
    label,
)

_PRECEDENCE: Final = {
    "|": 1,
    "&": 2,
    "||": 3,
    "&&": 4,
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">=", "=~", "!~"), 5),
    **dict.fromkeys(("+", "-"), 6),
    **dict.fromkeys(("*", "/", "div", "mod", "quo", "rem"), 7),
}
_WORDS: Final = frozenset({"div", "mod", "quo", "rem"})
_UNARY: Final = frozenset({"+", "-", "!", "<", "<=", ">", ">=", "!=", "=~", "!~"})
_CONSTANTS: Final = {"true": True, "false": False, "null": None}
# Brackets and signs within each other. KubeVela's own rules have 7.
_MOST_LEVELS: Final = 40
# Of a sum, a disjunction, or a path.
_MOST_PARTS: Final = 64


class Parser:
    """Reads expressions; a reader of declarations is given for structs and comprehensions."""

    def __init__(self, text: str) -> None:
        self.source = Source(text)
        self.scanner = Scanner(self.source)
        self.token = self.scanner.next()
        self._levels = 0
        self.struct: Callable[[], Expression]
        self.comprehension: Callable[[], Expression]

    # --- Tokens.

    def refuse(self, message: str, at: int | None = None) -> Unsupported:
        return self.source.refuse(message, self.token.at if at is None else at)

    def next(self) -> Token:
        """The token that was there; goes on to the next one."""
        token = self.token
        self.token = self.scanner.next()
        return token

    def has(self, text: str, kind: str = SIGN) -> bool:
        return self.token.kind == kind and self.token.text == text

    def take(self, text: str, kind: str = SIGN) -> bool:
        """Goes on if this is here."""
        if self.has(text, kind):
            self.next()
            return True
        return False

    def expect(self, text: str, kind: str = SIGN) -> Token:
        if not self.has(text, kind):
            raise self.refuse(f"expected '{text}', found {_shown(self.token)}")
        return self.next()

    def name(self) -> str:
        if self.token.kind != NAME:
            raise self.refuse(f"expected a name, found {_shown(self.token)}")
        return self.next().text

    # --- Expressions.

    def expression(self) -> Expression:
        return self.tail(self._unary())

    def tail(self, left: Expression) -> Expression:
        """The expression that begins with `left`."""
        return self.unmarked(self._binary(left, 1))

    def _binary(self, left: Expression, lowest: int) -> Expression:
        """What binds at least as strongly as `lowest`."""
        count = 0
        while (precedence := self._precedence()) >= lowest:
            count = self._counted(count)
            sign = self.next().text
            right = self.within(partial(self._right, precedence + 1))
            left = self._joined(sign, left, right)
        return left

    def _counted(self, count: int) -> int:
        if count >= _MOST_PARTS:
            raise self.refuse(f"more than {_MOST_PARTS} parts of one expression are not known here")
        return count + 1

    def _right(self, lowest: int) -> Expression:
        return self._binary(self._unary(), lowest)

    def _precedence(self) -> int:
        token = self.token
        is_sign = token.kind == SIGN or (token.kind == NAME and token.text in _WORDS)
        return _PRECEDENCE.get(token.text, 0) if is_sign else 0

    def _joined(self, sign: str, left: Expression, right: Expression) -> Expression:
        if sign != "|":
            return Binary(left.at, sign, self.unmarked(left), self.unmarked(right))
        items = left.items if isinstance(left, Disjunction) and not left.is_closed else [_marked(left)]
        return Disjunction(left.at, [*items, _marked(right)])

    def unmarked(self, item: Expression) -> Expression:
        if isinstance(item, Unary) and item.sign == "*":
            raise self.refuse("a default (*) must be one of several alternatives (|)", item.at)
        return item

    def within(self, read: Callable[[], Expression]) -> Expression:
        self._levels += 1
        if self._levels > _MOST_LEVELS:
            raise self.refuse(f"more than {_MOST_LEVELS} levels of expressions within each other are not known here")
        found = read()
        self._levels -= 1
        return found

    def _unary(self) -> Expression:
        token = self.token
        if token.kind == SIGN and (token.text in _UNARY or token.text == "*"):
            self.next()
            operand = self.within(self._unary)
            return Unary(token.at, token.text, self.unmarked(operand))
        return self._primary()

    def _primary(self) -> Expression:
        operand = self._operand()
        count = 0
        while self.token.kind == SIGN and self.token.text in (".", "[", "("):
            count = self._counted(count)
            sign = self.next()
            if sign.text == ".":
                operand = Selector(operand.at, operand, self._selected())
            elif sign.text == "[":
                operand = self.within(partial(self._index, operand))
            else:
                operand = self._call(operand)
        return operand

    def _selected(self) -> str | Hidden:
        if self.token.kind == STRING:
            text = self.string()
            if not isinstance(text, Literal):
                raise self.refuse("a selector is a name or a plain string", text.at)
            return str(text.value)
        if self.token.kind not in (NAME, KEYWORD):
            raise self.refuse(f"expected the name of a field, found {_shown(self.token)}")
        return label(self.next().text)

    def _index(self, operand: Expression) -> Expression:
        low = None if self.has(":") else self.expression()
        if self.take(":"):
            high = None if self.has("]") else self.expression()
            self.expect("]")
            return Slice(operand.at, operand, low, high)
        self.expect("]")
        assert low is not None
        return Index(operand.at, operand, low)

    def _call(self, function: Expression) -> Expression:
        name = self._function(function)
        arguments = list[Expression]()
        while not self.has(")"):
            arguments.append(self.within(self.expression))
            if not self.take(","):
                break
        self.expect(")")
        return Call(function.at, name, arguments)

    def _function(self, function: Expression) -> str:
        if isinstance(function, Name):
            return function.name
        if isinstance(function, Selector) and isinstance(function.operand, Name) and isinstance(function.label, str):
            return f"{function.operand.name}.{function.label}"
        raise self.refuse("only functions that have a name can be called", function.at)

    def _operand(self) -> Expression:
        token = self.token
        match token.kind:
            case "number":
                self.next()
                return Literal(token.at, numerals.read(token.text))
            case "string":
                return self.string()
            case "name":
                self.next()
                return BottomLiteral(token.at) if token.text == "_|_" else Name(token.at, token.text)
            case "keyword" if token.text in _CONSTANTS:
                self.next()
                return Literal(token.at, _CONSTANTS[token.text])
            case "sign" if token.text in ("{", "[", "("):
                return self.within({"{": self.struct, "[": self._elements, "(": self._parenthesis}[token.text])
        raise self.refuse(f"expected a value, found {_shown(token)}")

    def _parenthesis(self) -> Expression:
        self.expect("(")
        inner = self.expression()
        self.expect(")")
        if isinstance(inner, Disjunction):
            inner.is_closed = True
        return inner

    def string(self) -> Expression:
        """The literal, plain or with interpolations."""
        token = self.token
        parts = Reader(self.scanner, token.text, token.at, self._interpolated).read()
        self.next()
        if len(parts) == 1:
            return Literal(token.at, parts[0])
        return Interpolation(token.at, parts)

    def _interpolated(self) -> Expression:
        """Leaves the scanner behind the ')': the current token is read, the next one is not."""
        self.token = self.scanner.next()
        found = self.within(self.expression)
        if not self.has(")"):
            raise self.refuse(f"expected ')', found {_shown(self.token)}")
        return found

    def _elements(self) -> Expression:
        at, items = self.expect("[").at, list[Expression]()
        is_open, more = False, None
        while not self.has("]") and not self.has("..."):
            if self.token.kind == KEYWORD and self.token.text in ("for", "if"):
                items.append(self.comprehension())
            else:
                items.append(self._element())
            if not self.take(","):
                break
        if self.take("..."):
            is_open = True
            more = None if self.has("]") or self.has(",") else self.expression()
            self.take(",")
        self.expect("]")
        return Elements(at, items, is_open, more)

    def _element(self) -> Expression:
        """An element; a line may end behind the last one only."""
        item = self.expression()
        if self.token.is_newline:
            at = self.next().at
            if not self.has("]"):
                raise self.refuse("expected ',' at the end of the line", at)
        return item


def _marked(item: Expression) -> tuple[Expression, bool]:
    if isinstance(item, Unary) and item.sign == "*":
        return item.operand, True
    return item, False


def _shown(token: Token) -> str:
    if token.kind == END:
        return token.text
    return "the end of the line" if token.is_newline else f"'{token.text}'"
