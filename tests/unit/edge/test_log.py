"""What a log record looks like, and what never gets into one."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from pinnace_edge import log
from pinnace_schemas.common_settings import LogFormat

NAME = "pinnace_edge.test"


@pytest.fixture(autouse=True)
def _root() -> Iterator[None]:
    """`configure` replaces the root logger's handlers; the test runner wants its own back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()  # so that they are not closed
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def logged(log_format: LogFormat, level: str = "info") -> io.StringIO:
    stream = io.StringIO()
    log.configure(log_format, level, stream)
    return stream


def test_json_is_one_object_a_line_with_the_identity() -> None:
    stream = logged(LogFormat.JSON)

    identity = {"tenant": "default", "node": "n1", "application": "pos"}
    logging.getLogger(NAME).info("applied %d objects", 3, extra=identity)

    (line,) = stream.getvalue().splitlines()
    record = json.loads(line)
    assert record.pop("time").endswith("Z")
    assert record == {
        "level": "INFO",
        "logger": NAME,
        "message": "applied 3 objects",
        "tenant": "default",
        "node": "n1",
        "application": "pos",
    }


def test_text_is_one_line_even_when_the_message_is_not() -> None:
    stream = logged(LogFormat.TEXT)

    logging.getLogger(NAME).warning("refused: %s", "one\ntwo", extra={"node": "n1"})

    (line,) = stream.getvalue().splitlines()
    assert line.endswith(f"WARNING {NAME}: refused: one\\ntwo [node=n1]")


def test_a_message_from_outside_does_not_move_the_cursor_of_a_terminal() -> None:
    stream = logged(LogFormat.TEXT)

    logging.getLogger(NAME).warning("refused: %s", "a\x1b[2Jb\x9bc")

    assert stream.getvalue().endswith(r"refused: a\x1b[2Jb\x9bc" + "\n")


def test_only_known_fields_leave() -> None:
    text, data = logged(LogFormat.TEXT), None
    logging.getLogger(NAME).info("hello", extra={"payload": "secret", "node": "n1"})
    assert "secret" not in text.getvalue()

    data = logged(LogFormat.JSON)
    logging.getLogger(NAME).info("hello", extra={"payload": "secret", "node": "n1"})
    assert "secret" not in data.getvalue()


def test_an_exception_is_told_with_its_trace() -> None:
    stream = logged(LogFormat.JSON)
    try:
        raise OSError("boom")  # noqa: TRY301 - what is caught is what is logged
    except OSError:
        logging.getLogger(NAME).exception("it failed")

    assert "OSError: boom" in json.loads(stream.getvalue())["error"]


def test_the_level_holds() -> None:
    stream = logged(LogFormat.TEXT, "warning")

    logging.getLogger(NAME).info("quiet")

    assert stream.getvalue() == ""


def test_what_tuf_looks_for_in_vain_is_not_told_beside_our_refusal() -> None:
    stream = logged(LogFormat.TEXT, "debug")

    logging.getLogger("tuf.api._payload").info("No signature for keyid %s", "ab")

    assert stream.getvalue() == ""
