"""What is started has to be stopped: leaving a `with` block does it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Started(ABC):
    """It runs until it is stopped, or, as a context manager, until that is left."""

    @abstractmethod
    def stop(self) -> None:
        """Ends it and whatever belongs to it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
