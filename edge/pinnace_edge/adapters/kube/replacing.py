"""Writes an object as a whole, with what others have added taken off: PUT, as `kubectl replace` does it.

The apply comes first, so that our fields are owned by it. Where its result would be no valid object, because what
others have set does not go with what we want, the PUT comes first.
"""

from collections.abc import Callable

from pinnace_edge.adapters.kube import problems
from pinnace_edge.adapters.kube.client import Answer, Call, Client
from pinnace_edge.model import KubeObject
from pinnace_schemas.labels import FIELD_MANAGER

# How often it is tried while others write too, as client-go's RetryOnConflict does.
_TRIES = 5

Whole = Callable[[KubeObject], KubeObject]


def replaced(client: Client, path: str, apply: Call, answer: Answer, whole: Whole) -> Answer:
    """The answer of the last request, given that of the apply: what the KubeAPI refused is written nowhere.

    What has gone since the apply, such as with its last finalizer, is made anew.
    `whole` makes what is written of the object as it stands. Raises Unavailable.
    """
    if answer.is_ok:
        put = _put(client, path, answer, whole)
        return client.ask(apply) if put.status == problems.NOT_FOUND else put
    if not problems.is_invalid(answer):
        return answer
    live = client.ask(Call("GET", path))
    put = _put(client, path, live, whole) if live.is_ok else answer
    return client.ask(apply) if put.is_ok else put


def _put(client: Client, path: str, live: Answer, whole: Whole) -> Answer:
    """An unchanged object is not written, as always with the KubeAPI."""
    query = {"fieldManager": FIELD_MANAGER, "fieldValidation": "Strict"}
    for _ in range(_TRIES):
        put = client.ask(Call("PUT", path, query, whole(live.item())))
        if put.status != problems.CONFLICT:
            break
        live = client.ask(Call("GET", path))
        if not live.is_ok:
            return live
    return put
