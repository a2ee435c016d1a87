"""The texts that stand below the fields of a class, as Python's own convention for attributes has it (PEP 257):

    replicas: int = 1
    \"\"\"How many pods.\"\"\"

They are read from the source of the module when somebody asks, so that they cost nothing where nobody does. Where there
is no source, fields have no text.
"""

import ast
import importlib
import inspect
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise


def summary(kind: object) -> str:
    """The first paragraph of the docstring of an object's class, on one line."""
    return _paragraph(inspect.getdoc(type(kind)) or "")


def of_fields(model: type) -> Mapping[str, str]:
    """Texts by the name of the field in Python, those of the bases too; a class overrides its bases."""
    found: dict[str, str] = {}
    for kind in reversed(model.__mro__):
        found.update(_texts(kind.__module__).get(kind.__qualname__, {}))
    return found


@cache
def _texts(module: str) -> Mapping[str, Mapping[str, str]]:
    """By qualified name of the class."""
    try:
        source = inspect.getsource(importlib.import_module(module))
    except (OSError, TypeError, ImportError):
        return {}
    return dict(_classes(ast.parse(source), ""))


def _classes(node: ast.AST, prefix: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield f"{prefix}{child.name}", dict(_fields(child))
            yield from _classes(child, f"{prefix}{child.name}.")


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, text in pairwise(node.body):
        match field, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(said))):
                yield name, _paragraph(inspect.cleandoc(said))


def _paragraph(text: str) -> str:
    return " ".join(text.partition("\n\n")[0].split())
