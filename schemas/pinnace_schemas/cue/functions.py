"""The functions that rules may call, by name or by the path of their package."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from pinnace_schemas.cue.errors import Bottom


@dataclass(frozen=True, slots=True)
class Function:
    call: Callable[..., Any]
    parameters: int


def _len(value: Any) -> int:
    if isinstance(value, str):
        return len(value.encode())
    if isinstance(value, list | dict):
        return len(value)
    raise Bottom("len of what has no length", is_final=True)


FUNCTIONS: Final = {"len": Function(_len, 1)}
