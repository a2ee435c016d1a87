"""How waiting looks: one moving line on a terminal, one line for each change in a pipe; always on stderr."""

from types import TracebackType
from typing import Self

from rich.status import Status
from rich.text import Text

from pinnace_cloud.cli.output import console


class Progress:
    """Use as a context; `update` may be called as often as one likes."""

    def __init__(self) -> None:
        target = console.err()
        self._status = Status(Text(""), console=target) if target.is_terminal else None
        self._last = ""

    def __enter__(self) -> Self:
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._status is not None:
            self._status.stop()

    def update(self, text: str) -> None:
        if text == self._last:
            return
        self._last = text
        if self._status is not None:
            self._status.update(Text(console.clean(text)))
        else:
            console.note(text)
