"""Reads structs: fields, lets, patterns, what is embedded, and comprehensions; and a whole text with its imports."""

import re
from collections.abc import Callable
from functools import partial
from typing import Final

from pinnace_schemas.cue import tree
from pinnace_schemas.cue.errors import Unsupported
from pinnace_schemas.cue.parsing import Parser
from pinnace_schemas.cue.tokens import END, KEYWORD, NAME, SIGN, STRING, Token
from pinnace_schemas.cue.tree import (
    Clause,
    Comprehension,
    Elements,
    Expression,
    Field,
    For,
    Hidden,
    If,
    Interpolation,
    Let,
    Literal,
    Name,
    Pattern,
    Struct,
)

# KubeVela's largest definition has 12 KiB, with its template.
_MOST_CHARACTERS: Final = 64 * 1024
_ALIAS: Final = re.compile(r"\[[ \t]*([A-Za-z_$][\w$]*)[ \t]*=(?![=~])")
_CLAUSES: Final = frozenset({"for", "if", "let"})


class File:
    """A text: its imports, by the name under which they are used, and its declarations."""

    def __init__(self, struct: Struct, imports: dict[str, str], parser: Parser) -> None:
        self.struct = struct
        self.imports = imports
        self._parser = parser

    def refuse(self, message: str, at: int) -> Unsupported:
        return self._parser.refuse(message, at)


def read(text: str) -> File:
    """Raises Unsupported."""
    if len(text) > _MOST_CHARACTERS:
        raise Unsupported(f"a rule of more than {_MOST_CHARACTERS} characters is not known here")
    if any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in text):
        raise Unsupported("a text with characters that are none is not known here")
    reader = _Reader(text)
    reader.package()
    imports = reader.imports()
    struct = Struct(0)
    reader.declarations(struct, END)
    return File(struct, imports, reader.parser)


class _Reader:
    def __init__(self, text: str) -> None:
        self.parser = Parser(text)
        self.parser.struct = self._struct
        self.parser.comprehension = self._comprehension

    def package(self) -> None:
        if self.parser.take("package", KEYWORD):
            self.parser.name()
            self.parser.expect(",")

    def imports(self) -> dict[str, str]:
        """Paths by name."""
        found: dict[str, str] = {}
        while self.parser.take("import", KEYWORD):
            if self.parser.take("("):
                while not self.parser.has(")"):
                    self._import(found)
                    if not self.parser.take(","):
                        break
                self.parser.expect(")")
            else:
                self._import(found)
            if self.parser.token.kind != END:
                self.parser.expect(",")
        return found

    def _import(self, found: dict[str, str]) -> None:
        at = self.parser.token.at
        name = self.parser.name() if self.parser.token.kind == NAME else ""
        if self.parser.token.kind != STRING:
            raise self.parser.refuse("expected the path of a package")
        path = self.parser.string()
        if not isinstance(path, Literal):
            raise self.parser.refuse("the path of a package is a plain string", at)
        found[name or str(path.value).rpartition("/")[2]] = str(path.value)

    # --- Structs.

    def _struct(self) -> Expression:
        struct = Struct(self.parser.expect("{").at)
        self.declarations(struct, SIGN, "}")
        self.parser.expect("}")
        return struct

    def declarations(self, struct: Struct, kind: str, text: str = "the end") -> None:
        """All up to the token that ends them."""
        parser = self.parser
        while not parser.has(text, kind):
            self._declaration(struct)
            if not parser.has(text, kind):
                parser.expect(",")

    def _declaration(self, struct: Struct) -> None:
        parser, token = self.parser, self.parser.token
        if token.kind == SIGN and token.text == "...":
            parser.next()
            struct.is_open = True
        elif token.kind == KEYWORD and token.text in _CLAUSES and not self._is_label(token):
            self._clause_or_let(struct, token)
        elif token.kind == SIGN and token.text == "@":
            raise parser.refuse("attributes are not known here")
        else:
            self._field_or_embedded(struct)

    def _is_label(self, token: Token) -> bool:
        """Whether a keyword is the name of a field."""
        rest = self.parser.source.text[token.at + len(token.text) :].lstrip(" \t")
        return rest[:1] == ":" or rest[:2] in ("?:", "!:")

    def _clause_or_let(self, struct: Struct, token: Token) -> None:
        if token.text == "let":
            self.parser.next()
            name = self.parser.name()
            self.parser.expect("=")
            if name in struct.lets or name in struct.names:
                raise self.parser.refuse(f"'{name}' is declared twice", token.at)
            struct.lets[name] = self.parser.expression()
        else:
            struct.embedded.append(self._comprehension())

    def _field_or_embedded(self, struct: Struct) -> None:
        parser, at = self.parser, self.parser.token.at
        alias, label = self._label()
        if parser.token.kind == SIGN and parser.token.text in (":", "?", "!") and label is not None:
            self._field(struct, at, alias, label)
        elif label is None or alias:
            raise parser.refuse("expected ':' behind a label")
        else:
            struct.embedded.append(label)

    def _label(self) -> tuple[str, Expression | None]:
        """What may be a label or the beginning of a value, with the alias in front of it."""
        parser, token = self.parser, self.parser.token
        if token.kind == KEYWORD and self._is_label(token):
            parser.next()
            return "", Name(token.at, token.text)
        if token.kind == SIGN and token.text == "[" and (alias := self._pattern_alias()):
            return alias, Elements(token.at, [self._aliased()])
        found = parser.expression()
        if isinstance(found, Name) and parser.has("="):
            parser.next()
            return found.name, parser.expression()
        return "", found

    def _pattern_alias(self) -> str:
        """The NAME of `[NAME=...]: ...`."""
        match = _ALIAS.match(self.parser.source.text, self.parser.token.at)
        return match[1] if match else ""

    def _aliased(self) -> Expression:
        self.parser.expect("[")
        self.parser.name()
        self.parser.expect("=")
        found = self.parser.expression()
        self.parser.expect("]")
        return found

    # --- Fields.

    def _field(self, struct: Struct, at: int, alias: str, label: Expression) -> None:
        mark = self.parser.next().text
        if mark != ":":
            self.parser.expect(":")
        value = self._value()
        if isinstance(label, Elements):
            if len(label.items) != 1 or label.is_open or mark != ":":
                raise self.parser.refuse("square brackets of a label have one pattern", at)
            struct.patterns.append(Pattern(label.items[0], value, alias))
            return
        name, is_named = self._named(label, at)
        mark = "" if mark == ":" else mark
        struct.fields.append(Field(at, label if name is None else name, value, mark, alias, is_named))
        self._declare(struct, name if is_named else None, alias, at)

    def _named(self, label: Expression, at: int) -> tuple[str | Hidden | None, bool]:
        """The label of the field, None where it has to be worked out; and whether the scope knows it."""
        if self.parser.source.text[at : at + 1] == "(" or isinstance(label, Interpolation):
            return None, False
        if isinstance(label, Name):
            if label.name.startswith("__"):
                raise self.parser.refuse("names with __ are reserved", label.at)
            if "#" in label.name:
                raise self.parser.refuse(f"definitions ({label.name}) are not known here", label.at)
            return tree.label(label.name), True
        if isinstance(label, Literal):
            if isinstance(label.value, str):
                return label.value, False
            if label.value is None or isinstance(label.value, bool):
                return {None: "null", True: "true", False: "false"}[label.value], True
        raise self.parser.refuse("this is no label", label.at)

    def _declare(self, struct: Struct, name: str | Hidden | None, alias: str, at: int) -> None:
        known = name.name if isinstance(name, Hidden) else name
        if known in struct.lets or (alias and alias in struct.names):
            raise self.parser.refuse(f"'{known}' is declared twice", at)
        if name is not None and known is not None:
            struct.names[known] = name
        if alias:
            raise self.parser.refuse(f"the alias {alias} of a field is not known here", at)

    def _value(self) -> Expression:
        """What stands behind the colon: a value, or a further label."""
        parser, token = self.parser, self.parser.token
        if token.kind == KEYWORD and token.text in _CLAUSES and not self._is_label(token):
            raise parser.refuse(f"expected a value, found '{token.text}'")
        alias, found = self._label()
        is_label = parser.token.kind == SIGN and parser.token.text in (":", "?", "!")
        if not is_label:
            if alias or found is None:
                raise parser.refuse("aliases of values are not known here", token.at)
            self._no_attribute()
            return found
        assert found is not None
        return parser.within(partial(self._inner, token.at, alias, found))

    def _inner(self, at: int, alias: str, label: Expression) -> Expression:
        """The struct of `b: ...` in `a: b: ...`."""
        struct = Struct(at)
        self._field(struct, at, alias, label)
        return struct

    def _no_attribute(self) -> None:
        if self.parser.has("@"):
            raise self.parser.refuse("attributes are not known here")

    # --- Comprehensions.

    def _comprehension(self) -> Expression:
        at, clauses = self.parser.token.at, list[Clause]()
        readers: dict[str, Callable[[], Clause]] = {"for": self._for, "if": self._if, "let": self._let}
        while self.parser.token.kind == KEYWORD and self.parser.token.text in readers:
            clauses.append(readers[self.parser.next().text]())
            self.parser.take(",")
        body = self._struct()
        assert isinstance(body, Struct)
        return Comprehension(at, clauses, body)

    def _for(self) -> Clause:
        key, value = "", self.parser.name()
        if self.parser.take(","):
            key, value = value, self.parser.name()
        self.parser.expect("in", KEYWORD)
        return For(key, value, self.parser.expression())

    def _if(self) -> Clause:
        return If(self.parser.expression())

    def _let(self) -> Clause:
        name = self.parser.name()
        self.parser.expect("=")
        return Let(name, self.parser.expression())
