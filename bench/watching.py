"""Watches one object of a KubeAPI and remembers when it showed which value, on a thread of its own."""

import http.client
import json
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from bench import bare
from pinnace_sim.provision.running import wait_until

DEADLINE_S = 30.0


class Watch:
    """A context manager; moments are seconds of `time.perf_counter`."""

    def __init__(self, kubeconfig: Path, plural: str, namespace: str, name: str) -> None:
        """`plural` is a resource of the core group that has `data`, such as 'configmaps'."""
        self._connection = bare.connect(kubeconfig)
        query = f"watch=true&fieldSelector=metadata.name={name}"
        self._connection.request("GET", f"/api/v1/namespaces/{namespace}/{plural}?{query}")
        self._answer = self._connection.getresponse()
        self._moments: dict[tuple[str, str], float] = {}
        self._thread = threading.Thread(target=self._read, name="watch", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The thread ends with the process: a blocking read over TLS cannot be woken."""

    def seen(self, key: str, value: str) -> float:
        """When `data[key]` first had this value; waits for it."""
        wait_until(lambda: (key, value) in self._moments, f"{key} to be {value}", DEADLINE_S)
        return self._moments[key, value]

    def _read(self) -> None:
        try:
            for line in self._answer:
                now = time.perf_counter()
                for pair in json.loads(line)["object"].get("data", {}).items():
                    self._moments.setdefault(pair, now)
        except (OSError, ValueError, http.client.HTTPException):
            return  # the KubeAPI has ended
