"""What evaluation works on: nodes, which are values in the making, and scopes, in which names mean something."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

from pinnace_schemas.cue import values
from pinnace_schemas.cue.errors import Bottom, worse
from pinnace_schemas.cue.tree import (
    Comprehension,
    Disjunction,
    Expression,
    Field,
    Hidden,
    Index,
    Json,
    Name,
    Pattern,
    Selector,
    Struct,
)
from pinnace_schemas.cue.values import Check, Constraint

ABSENT: Final = object()

# The label of a field, or the place of an element.
Label = str | int | Hidden
# Which alternative was chosen, by the key of each disjunction.
Choices = dict["Key", int]
Key = tuple[Any, ...]


@dataclass(eq=False, repr=False)
class Held(Expression):
    """A node that is at hand."""

    node: "Node"


REFERENCES: Final = (Name, Selector, Index, Held)


class State(Enum):
    NEW = auto()
    RUNNING = auto()
    DONE = auto()


class Scope:
    """Where names are looked up: the fields and lets of a struct, or the variables of a clause."""

    __slots__ = ("lets", "node", "struct", "up", "variables")

    def __init__(self, up: "Scope | None", node: "Node | None" = None, struct: Struct | None = None) -> None:
        self.up = up
        self.node = node
        self.struct = struct
        self.lets: dict[str, Node] = {}
        self.variables: dict[str, Node] = {}


@dataclass(eq=False, repr=False)
class Made(Expression):
    """A list that a function made, with Decimals for floats."""

    value: Any


@dataclass(eq=False, repr=False)
class Typed(Expression):
    """A type that has a name."""

    value: Constraint


Conjunct = tuple[Expression, Scope | None]


@dataclass(eq=False, repr=False)
class Pending:
    """A comprehension, or a field whose label has to be worked out, not yet run; `labels` are all that it may give,
    None where that is not known.
    """

    item: Comprehension | Field
    scope: Scope
    origin: Key
    labels: frozenset[Label] | None

    @property
    def declares(self) -> bool:
        """Whether the body itself has a field with a name."""
        if isinstance(self.item, Field):
            return False
        return any(not isinstance(field.label, Expression) for field in self.item.body.fields)

    def may_give(self, wanted: Label | None) -> bool:
        """Whether a field, or with None any, may come of it."""
        return wanted is None or self.labels is None or wanted in self.labels


@dataclass(eq=False, repr=False)
class Alternatives:
    """More than one value is possible; the first `defaults` of them are defaults."""

    items: list["Node"]
    defaults: int


class Node:
    """A value in the making: what was said of it, and what came of that so far."""

    __slots__ = (
        *(
            "alias",
            "alternatives",
            "arcs",
            "begun",
            "candidate",
            "checks",
            "choices",
            "conditional",
            "conjuncts",
            "counts",
            "deferred",
            "early",
        ),
        *(
            "error",
            "failed",
            "has_conflict",
            "included",
            "is_any",
            "is_literal",
            "kinds",
            "label",
            "later",
            "lists",
            "locked",
            "mark",
            "parent",
        ),
        *("patterns", "pending", "running", "scalar", "state", "unmade"),
    )

    def __init__(
        self, parent: "Node | None" = None, label: Label = "", conjuncts: list[Conjunct] | None = None
    ) -> None:
        self.parent = parent
        self.label = label
        self.conjuncts: list[Conjunct] = [] if conjuncts is None else conjuncts
        # '' for a field that is there, else the mark of its declarations.
        self.mark = ""
        self.state = State.NEW
        self.error: Bottom | None = None
        # The node that stands for this one: what it refers to, or the only alternative; while alternatives are tried,
        # the one that is.
        self.alias: Node | None = None
        self.candidate: Node | None = None
        self.alternatives: Alternatives | None = None
        self.choices: Choices = {}

    def begin(self) -> None:
        """Before it is expanded; a node that nobody asks for stays small."""
        self.state = State.RUNNING
        self.kinds = values.TOP
        self.scalar: Any = ABSENT
        self.checks: list[Check] = []
        self.arcs: dict[Label, Node] = {}
        self.is_literal = False
        # Whether it may be anything, as one of its conjuncts says.
        self.is_any = False
        # Whether its conjuncts contradict each other.
        self.has_conflict = False
        self.lists: list[tuple[int, bool, Expression | None, Scope | None]] = []
        self.patterns: list[tuple[Pattern, Scope]] = []
        # As in the reference implementation, those run first of which not a single field is known beforehand; `begun`
        # are those of them that ran or run.
        self.early: list[Pending] = []
        self.begun: list[Pending] = []
        # Of these a comprehension may give more.
        self.conditional: frozenset[Label] = frozenset()
        self.pending: list[Pending] = []
        self.running: list[Pending] = []
        # Conjuncts for which something has to be evaluated, with the disjunction that they come from.
        self.later: list[tuple[Expression, Scope | None, Key]] = []
        self.deferred: dict[Key, tuple[Disjunction, Scope | None]] = {}
        self.counts: dict[Key, int] = {}
        self.included: set[Node] = {self}
        # Why comprehensions could not run, and of which fields that is known.
        self.unmade: Bottom | None = None
        self.failed: dict[Label, Bottom] = {}
        self.locked: set[Label] = set()

    @property
    def path(self) -> str:
        name = self.label.name if isinstance(self.label, Hidden) else str(self.label)
        return f"{self.parent.path}.{name}".lstrip(".") if self.parent else name

    def postpone(self, item: Pending) -> None:
        self.conditional |= item.labels or frozenset()
        (self.pending if item.declares else self.early).append(item)

    def fail(self, error: Bottom) -> None:
        """Keeps the worst that was found."""
        self.error = error if self.error is None else worse(self.error, error)

    def conflict(self, message: str) -> None:
        self.has_conflict = True
        self.fail(Bottom(f"{self.path or 'a value'}: {message}", is_final=True))

    def narrow(self, kinds: int) -> None:
        """Only values of these kinds are left."""
        if not self.kinds & kinds:
            self.conflict(f"{values.kinds_said(self.kinds)} and {values.kinds_said(kinds)} have no value in common")
        else:
            self.kinds &= kinds

    @property
    def is_given(self) -> bool:
        """Whether it is a part of what was given, of which the text says nothing more."""
        return bool(self.conjuncts) and all(isinstance(expression, Json) for expression, _ in self.conjuncts)

    @property
    def is_struct(self) -> bool:
        return self.kinds == values.STRUCT

    @property
    def is_list(self) -> bool:
        return self.kinds == values.LIST

    @property
    def members(self) -> list["Node"]:
        """Fields that are there, without hidden ones; or elements."""
        return [arc for label, arc in self.arcs.items() if not arc.mark and not is_hidden(label)]


def is_hidden(label: Label) -> bool:
    return isinstance(label, Hidden)


def deref(node: Node) -> Node:
    """The node that stands for this one."""
    while True:
        following = node.alias or node.candidate
        if following is None:
            return node
        node = following
