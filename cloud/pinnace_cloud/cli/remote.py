"""The types that the definitions of a controller bring, where there is one that answers at once."""

import threading
from concurrent.futures import Future

from pinnace_cloud.cli import client
from pinnace_cloud.cli.settings import Place
from pinnace_cloud.definitions import library
from pinnace_cloud.render.registry import Known
from pinnace_schemas import api
from pinnace_schemas.errors import Unavailable

# For all of it, with a name server that keeps silent: nobody waits longer for what may be left out.
PATIENCE_S = 5.0


def types(place: Place, patience_s: float = PATIENCE_S) -> tuple[Known, ...]:
    """Those of its definitions, each with the address of the controller.

    Raises Unavailable where nothing comes in time, Rejected where the controller refuses.
    """
    answer: Future[tuple[api.DefinedType, ...]] = Future()
    # Not of a pool, for whose threads the interpreter waits at its end.
    threading.Thread(target=_ask, args=(place, answer), daemon=True).start()
    try:
        found = answer.result(patience_s)
    except TimeoutError as exc:
        raise Unavailable(f"no answer from {place.server} for {patience_s:g} s") from exc
    return tuple(
        library.described((item.kind, item.name), item.declared, item.description, place.server) for item in found
    )


def _ask(place: Place, answer: "Future[tuple[api.DefinedType, ...]]") -> None:
    try:
        with client.connect(place) as connection:
            answer.set_result(connection.types())
    except BaseException as exc:  # noqa: BLE001 - whoever waits for the answer raises it
        answer.set_exception(exc)
