"""Looks for names that nothing declares, and for functions and packages that are not known, before anything runs."""

from collections.abc import Set

from pinnace_schemas.cue import values
from pinnace_schemas.cue.declarations import File
from pinnace_schemas.cue.functions import FUNCTIONS
from pinnace_schemas.cue.tree import (
    Binary,
    Call,
    Comprehension,
    Disjunction,
    Elements,
    Expression,
    For,
    If,
    Index,
    Interpolation,
    Name,
    Selector,
    Slice,
    Struct,
    Unary,
)

Known = frozenset[str]


def check(file: File, given: Set[str] | None) -> None:
    """Raises Unsupported. With None for `given`, any name of the outermost scope may be given."""
    _Check(file, given is None).struct(file.struct, frozenset(given or ()))


class _Check:
    def __init__(self, file: File, is_lenient: bool) -> None:
        self._file = file
        self._is_lenient = is_lenient

    def struct(self, struct: Struct, known: Known) -> None:
        inner = known | struct.names.keys() | struct.lets.keys()
        for value in struct.lets.values():
            self._look(value, inner)
        for item in struct.fields:
            if isinstance(item.label, Expression):
                self._look(item.label, inner)
            self._look(item.value, inner)
        for pattern in struct.patterns:
            self._look(pattern.filter, inner)
            self._look(pattern.value, inner | {pattern.alias})
        for expression in struct.embedded:
            self._look(expression, inner)

    def _look(self, item: Expression | None, known: Known) -> None:
        match item:
            case Name():
                self._name(item, known)
            case Struct():
                self.struct(item, known)
            case Comprehension():
                self._comprehension(item, known)
            case Call():
                self._call(item, known)
            case Interpolation():
                for part in item.parts:
                    self._look(part if isinstance(part, Expression) else None, known)
            case _:
                for inner in _parts(item):
                    self._look(inner, known)

    def _name(self, item: Name, known: Known) -> None:
        if item.name in known or item.name in values.TYPES or self._is_lenient:
            return
        raise self._file.refuse(f"nothing declares '{item.name}'", item.at)

    def _comprehension(self, item: Comprehension, known: Known) -> None:
        for clause in item.clauses:
            if isinstance(clause, For):
                self._look(clause.source, known)
                known = known | {clause.key, clause.value}
            elif isinstance(clause, If):
                self._look(clause.condition, known)
            else:
                self._look(clause.value, known)
                known = known | {clause.name}
        self.struct(item.body, known)

    def _call(self, item: Call, known: Known) -> None:
        if item.function not in FUNCTIONS:
            raise self._file.refuse(f"the function {item.function} is not known here", item.at)
        for argument in item.arguments:
            self._look(argument, known)


def _parts(item: Expression | None) -> tuple[Expression | None, ...]:
    match item:
        case Selector() | Unary():
            return (item.operand,)
        case Index():
            return (item.operand, item.index)
        case Slice():
            return (item.operand, item.low, item.high)
        case Binary():
            return (item.left, item.right)
        case Disjunction():
            return tuple(inner for inner, _ in item.items)
        case Elements():
            return (*item.items, item.more)
    return ()
