"""What the system says of a path, told to a person: wrong as it stands, or not usable at this moment."""

import errno
import os
import ssl

import pytest

from pinnace_schemas import errors
from pinnace_schemas.errors import Misconfigured, Unavailable


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EMFILE])
def test_what_may_pass_is_tried_again(number: int) -> None:
    found = errors.of_path(OSError(number, os.strerror(number), "/x"), "/x", "look at it")
    assert isinstance(found, Unavailable)
    assert str(found) == f"/x: {os.strerror(number)}; look at it"


@pytest.mark.parametrize("number", [errno.EACCES, errno.ENOTDIR, errno.EISDIR, errno.EROFS, errno.ENOENT])
def test_what_stays_wrong_is_a_wrong_setting(number: int) -> None:
    assert isinstance(errors.of_path(OSError(number, os.strerror(number)), "/x", "look at it"), Misconfigured)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(2, "No such file or directory", "/x"), "No such file or directory"),
        (OSError("[Errno 111] Connection refused"), "Connection refused"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)"), "wrong version number"),
        (UnicodeDecodeError("utf-8", b"ab\xff", 2, 3, "invalid"), "no UTF-8 text, at byte 2"),
        (TimeoutError(), "TimeoutError"),
    ],
)
def test_numbers_and_sources_are_left_out(error: Exception, said: str) -> None:
    assert errors.plain(error) == said
