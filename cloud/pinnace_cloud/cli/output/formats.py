"""`-o json` and `-o yaml`: the bodies of the API, as they are."""

import json
import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer
from pydantic import BaseModel


class Format(StrEnum):
    """`wide` is the table with more columns."""

    TABLE = "table"
    WIDE = "wide"
    JSON = "json"
    YAML = "yaml"

    @property
    def is_table(self) -> bool:
        return self in (Format.TABLE, Format.WIDE)


class Machine(StrEnum):
    """Formats of what has no table."""

    TEXT = "text"
    JSON = "json"
    YAML = "yaml"


Output = Annotated[Format, typer.Option("--output", "-o", help="How to show it.")]
TextOutput = Annotated[Machine, typer.Option("--output", "-o", help="How to show it.")]


def write(value: BaseModel | Sequence[BaseModel], form: Format | Machine) -> None:
    """Prints one body, or a list of them, to stdout."""
    plain = (
        value.model_dump(mode="json")
        if isinstance(value, BaseModel)
        else [item.model_dump(mode="json") for item in value]
    )
    if form == "json":
        sys.stdout.write(json.dumps(plain, indent=2, ensure_ascii=False) + "\n")
        return
    import yaml

    sys.stdout.write(yaml.safe_dump(plain, sort_keys=False, allow_unicode=True))
