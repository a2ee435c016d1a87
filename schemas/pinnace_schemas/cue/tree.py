"""The syntax tree of CUE. Every expression has `at`, its place in the text."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple


class Hidden(NamedTuple):
    """The label of a field that is no part of the JSON: `_name`, which is another one than "_name"."""

    name: str


def label(name: str) -> str | Hidden:
    """The label that a name means."""
    return Hidden(name) if name.startswith(("_", "#")) else name


@dataclass(eq=False, repr=False)
class Expression:
    at: int


@dataclass(eq=False, repr=False)
class Literal(Expression):
    """null, a bool, an int, a Decimal (a float of CUE) or a str."""

    value: Any


@dataclass(eq=False, repr=False)
class Json(Expression):
    """A value that was given, of any depth, as it came."""

    value: Any


@dataclass(eq=False, repr=False)
class BottomLiteral(Expression):
    """`_|_`."""


@dataclass(eq=False, repr=False)
class Interpolation(Expression):
    parts: list[str | Expression]


@dataclass(eq=False, repr=False)
class Name(Expression):
    name: str


@dataclass(eq=False, repr=False)
class Selector(Expression):
    operand: Expression
    label: str | Hidden


@dataclass(eq=False, repr=False)
class Index(Expression):
    operand: Expression
    index: Expression


@dataclass(eq=False, repr=False)
class Slice(Expression):
    operand: Expression
    low: Expression | None
    high: Expression | None


@dataclass(eq=False, repr=False)
class Call(Expression):
    function: str
    arguments: list[Expression]


@dataclass(eq=False, repr=False)
class Unary(Expression):
    """Of `+ - !`, or a bound such as `>=1`."""

    sign: str
    operand: Expression


@dataclass(eq=False, repr=False)
class Binary(Expression):
    sign: str
    left: Expression
    right: Expression


@dataclass(eq=False, repr=False)
class Disjunction(Expression):
    """Alternatives, each with whether it is marked as a default."""

    items: list[tuple[Expression, bool]]
    # In brackets: an alternative of its own within another disjunction.
    is_closed: bool = False

    @property
    def has_defaults(self) -> bool:
        return any(is_default for _, is_default in self.items)


@dataclass(eq=False, repr=False)
class For:
    key: str
    value: str
    source: Expression


@dataclass(eq=False, repr=False)
class If:
    condition: Expression


@dataclass(eq=False, repr=False)
class Let:
    name: str
    value: Expression


Clause = For | If | Let


@dataclass(eq=False, repr=False)
class Comprehension(Expression):
    clauses: list[Clause]
    body: "Struct"


@dataclass(eq=False, repr=False)
class Field:
    """`label` is a name, or an expression where it has to be worked out. `mark` is '?', '!' or ''."""

    at: int
    label: str | Hidden | Expression
    value: Expression
    mark: str = ""
    # The name by which the scope around it knows the field, where that is another one.
    alias: str = ""
    # Whether names in the scope mean this field: not where its label is a string.
    is_named: bool = True


@dataclass(eq=False, repr=False)
class Pattern:
    """`[filter]: value`; `alias` is the label inside of the value."""

    filter: Expression
    value: Expression
    alias: str = ""


@dataclass(eq=False, repr=False)
class Struct(Expression):
    fields: list[Field] = field(default_factory=list)
    lets: dict[str, Expression] = field(default_factory=dict)
    patterns: list[Pattern] = field(default_factory=list)
    # Expressions and comprehensions, in order.
    embedded: list[Expression] = field(default_factory=list)
    is_open: bool = False
    # What names of this scope mean: labels of fields, by name.
    names: dict[str, str | Hidden] = field(default_factory=dict)

    @property
    def is_plain(self) -> bool:
        """Whether nothing is embedded that could make it something else than a struct."""
        return not self.embedded

    @cached_property
    def labels(self) -> frozenset[str | int | Hidden] | None:
        """All that it may have; None where that is not known."""
        found: set[str | int | Hidden] = set()
        for item in self.fields:
            if isinstance(item.label, Expression):
                return None
            found.add(item.label)
        for expression in self.embedded:
            inner = expression.body.labels if isinstance(expression, Comprehension) else None
            if inner is None:
                return None
            found |= inner
        return frozenset(found)


@dataclass(eq=False, repr=False)
class Elements(Expression):
    """A list: expressions and comprehensions; `more` is what may follow where it is open."""

    items: list[Expression]
    is_open: bool = False
    more: Expression | None = None
