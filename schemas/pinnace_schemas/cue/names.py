"""Looks for names that nothing declares, and for functions and packages that are not known, before anything runs."""

from collections.abc import Set

from pinnace_schemas.cue import functions, regexps, values
from pinnace_schemas.cue.declarations import File
from pinnace_schemas.cue.errors import Abandoned
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
    Literal,
    Name,
    Selector,
    Slice,
    Struct,
    Unary,
)

Known = frozenset[str]


def check(file: File, given: Set[str] | None) -> None:
    """Raises Unsupported. With None for `given`, any name of the outermost scope may be given."""
    _Check(file, given is None).whole(frozenset(given or ()))


class _Check:
    def __init__(self, file: File, is_lenient: bool) -> None:
        self._file = file
        self._is_lenient = is_lenient
        self._used: set[str] = set()
        # What the values of lets speak of, by their names.
        self._spoken_of: dict[str, set[str]] = {}

    def whole(self, given: Known) -> None:
        for name, path in self._file.imports.items():
            if path not in functions.PACKAGES:
                raise self._file.refuse(f"the package {path} is not known here", 0)
            if name in given:
                raise self._file.refuse(f"'{name}' is both given and imported", 0)
        for expression in self._file.struct.embedded:
            if not isinstance(expression, Comprehension | Struct):
                raise self._file.refuse(
                    "at the outermost level only fields and comprehensions are known", expression.at
                )
        self.struct(self._file.struct, given)
        for name in self._file.imports.keys() - self._used:
            raise self._file.refuse(f"the import of {name} is not used", 0)

    def struct(self, struct: Struct, known: Known) -> None:
        inner = known | struct.names.keys() | struct.lets.keys()
        outer, self._used = self._used, self._used - struct.lets.keys()
        for name, value in struct.lets.items():
            self._let(name, value, inner)
        for item in struct.fields:
            if isinstance(item.label, Expression):
                self._look(item.label, inner)
            self._look(item.value, inner)
        for pattern in struct.patterns:
            self._look(pattern.filter, inner)
            self._look(pattern.value, inner | {pattern.alias})
        for expression in struct.embedded:
            self._look(expression, inner)
        for name in struct.lets.keys() - self._used:
            raise self._file.refuse(f"the let {name} is not used", struct.lets[name].at)
        self._used = outer | (self._used - struct.lets.keys())

    def _let(self, name: str, value: Expression, known: Known) -> None:
        """Refuses what comes back to its own name, in whatever scope: the reference implementation follows lets when it
        reads the text.
        """
        outer, self._used = self._used, set()
        self._look(value, known)
        self._spoken_of.setdefault(name, set()).update(self._used)
        self._used |= outer
        if self._reaches(name, name, set()):
            raise self._file.refuse(f"the let {name} refers to itself", value.at)

    def _reaches(self, name: str, wanted: str, seen: set[str]) -> bool:
        following = self._spoken_of.get(name, set()) - seen
        seen |= following
        return wanted in following or any(self._reaches(item, wanted, seen) for item in following)

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
            case Unary(sign="=~" | "!~"):
                self._pattern(item.operand)
                self._look(item.operand, known)
            case Binary():
                self._operands(item, known)
            case Selector(operand=Struct() as struct) if struct.embedded or any(field.mark for field in struct.fields):
                raise self._file.refuse(
                    "a field of a struct with optional fields or comprehensions is not known here", item.at
                )
            case Interpolation():
                for part in item.parts:
                    self._look(part if isinstance(part, Expression) else None, known)
            case _:
                for inner in _parts(item):
                    self._look(inner, known)

    def _name(self, item: Name, known: Known) -> None:
        self._used.add(item.name)
        if item.name in self._file.imports and item.name not in known:
            raise self._file.refuse(f"only functions of '{item.name}' can be used, and called", item.at)
        if item.name in known or item.name in values.TYPES or self._is_lenient:
            return
        raise self._file.refuse(f"nothing declares '{item.name}'", item.at)

    def _operands(self, item: Binary, known: Known) -> None:
        if item.sign in ("=~", "!~"):
            self._pattern(item.right)
        for operand in (item.left, item.right):
            is_type = isinstance(operand, Name) and operand.name in values.TYPES and operand.name not in known
            if item.sign != "&" and (is_type or (isinstance(operand, Unary) and operand.sign not in ("+", "-", "!"))):
                raise self._file.refuse(f"an operand of {item.sign} must be concrete", operand.at)
            self._look(operand, known)

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
        self._function(item, known)
        for argument in item.arguments:
            self._look(argument, known)

    def _function(self, item: Call, known: Known) -> None:
        package = item.function.partition(".")[0]
        if package in known:
            raise self._file.refuse(f"'{package}' is a field here, not a function or package", item.at)
        self._used.add(package)
        name = functions.full_name(item.function, self._file.imports)
        function = FUNCTIONS.get(name)
        if name not in functions.OWN and (function is None or ("." in name and package not in self._file.imports)):
            raise self._file.refuse(f"the function {item.function} is not known here", item.at)
        counts = {1} if function is None else {len(function.parameters), len(function.parameters) - function.is_check}
        if len(item.arguments) not in counts:
            raise self._file.refuse(f"{item.function} with {len(item.arguments)} arguments is not known here", item.at)
        if name == "regexp.Match":
            self._pattern(item.arguments[0])

    def _pattern(self, item: Expression) -> None:
        if not isinstance(item, Literal) or not isinstance(item.value, str):
            return
        try:
            regexps.check(item.value)
        except Abandoned as exc:
            raise self._file.refuse(str(exc), item.at) from None


def _parts(item: Expression | None) -> tuple[Expression | None, ...]:
    match item:
        case Selector() | Unary():
            return (item.operand,)
        case Index():
            return (item.operand, item.index)
        case Slice():
            return (item.operand, item.low, item.high)
        case Disjunction():
            return tuple(inner for inner, _ in item.items)
        case Elements():
            return (*item.items, item.more)
    return ()
