"""A TLS connection that sends the head and the body of a request together.

urllib3 writes them one after the other: two TLS records, two segments, and a KubeAPI that is woken twice for each
object that is applied.
"""

from typing import Any

from urllib3.connection import HTTPSConnection


class WholeConnection(HTTPSConnection):
    """Holds the head back until the body is sent. Bodies are whole, and never empty."""

    _is_holding = False
    _head: bytes = b""

    def request(self, method: str, url: str, body: Any = None, *arguments: Any, **options: Any) -> None:
        self._is_holding, self._head = body is not None, b""
        super().request(method, url, body, *arguments, **options)

    def send(self, data: Any) -> None:
        if self._is_holding:
            self._is_holding, self._head = False, data
            return
        whole, self._head = self._head + data if self._head else data, b""
        super().send(whole)
