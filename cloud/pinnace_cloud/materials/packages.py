"""Packages: trees of files as one value, in two forms: a folder that someone gave, and an archive that was fetched.

A package is hostile until it is opened: no name leads out of it, nothing in it links, and it does not grow beyond its
limits. The digest of a package is the sha256 of its bytes.
"""

import base64
import gzip
import io
import json
import tarfile
import zlib
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from pinnace_schemas import amounts, codec
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason

# As fetched; Helm's own charts are 100 KiB, those with many CRDs 1 MiB.
MAX_BYTES = 8 * 1024 * 1024
MAX_UNPACKED_BYTES = 32 * 1024 * 1024
MAX_FILES = 5000
# Of a folder that goes along with a request, where Base64 makes it a third larger.
MAX_FOLDER_BYTES = 5 * 1024 * 1024
# Archives within one package: a chart with all its subcharts has a dozen.
MAX_PACKED = 100
# What file systems of Linux hold: bytes of one name, and of a path with some room for the folder around.
_MAX_NAME_BYTES = 255
_MAX_PATH_BYTES = 1024
_GZIP = b"\x1f\x8b"

# Content by path: relative, with '/', in order.
Files = Mapping[str, bytes]


def pack(files: Files) -> bytes:
    """A folder as bytes: the same files give the same bytes on every machine."""
    return codec.canonical({path: base64.b64encode(data).decode() for path, data in files.items()})


def unpack(data: bytes, where: str) -> Files:
    """The files of a package in either form. Raises Rejected, naming the first thing that is wrong."""
    codec.check_size(data, MAX_BYTES, where)
    found = dict(_archived(data, where) if is_archive(data) else _packed(data, where))
    if not found:
        raise Rejected(Reason.INVALID, "holds no file", where)
    _check_folders(found, where)
    return dict(sorted(found.items()))


def opened(files: Files, where: str) -> Iterator[tuple[str, bytes]]:
    """Every file of a chart, also those of charts that are packed within it: `charts/cache-1.tgz:cache/values.yaml`.

    Raises Rejected for an archive in it that cannot be opened.
    """
    packed = deque[tuple[str, bytes]]()
    yield from _noting(files, "", packed)
    count = 0
    while packed:
        path, data = packed.popleft()
        count += 1
        if count > MAX_PACKED:
            raise Rejected(Reason.TOO_LARGE, f"holds more than {MAX_PACKED} packed charts", where)
        yield from _noting(unpack(data, f"{where}, {path}"), f"{path}:", packed)


def _noting(files: Files, around: str, packed: deque[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """The files, of which archives are put aside: only one is open at a time."""
    for path, data in files.items():
        yield around + path, data
        if path.endswith(".tgz") and "charts/" in path and is_archive(data):
            packed.append((around + path, data))


def is_archive(data: bytes) -> bool:
    return data.startswith(_GZIP)


def check_path(path: str, where: str) -> str:
    """The path in its one form. Raises Rejected(INVALID) for one that is absolute or leads out."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\\" in path or not path.isprintable():
        raise Rejected(Reason.INVALID, f"the path '{path}' leads out of it", where)
    if len(path.encode()) > _MAX_PATH_BYTES or any(len(part.encode()) > _MAX_NAME_BYTES for part in parts):
        message = (
            f"the path '{path[:80]}...' is longer than {_MAX_PATH_BYTES} bytes, or a name in it than {_MAX_NAME_BYTES}"
        )
        raise Rejected(Reason.INVALID, message, where)
    return "/".join(parts)


def check_sizes(sizes: Mapping[str, int], where: str, max_bytes: int = MAX_UNPACKED_BYTES) -> None:
    """Raises Rejected(TOO_LARGE), naming the number that is exceeded."""
    if len(sizes) > MAX_FILES:
        raise Rejected(Reason.TOO_LARGE, f"more than {MAX_FILES} files", where)
    if sum(sizes.values()) > max_bytes:
        raise Rejected(Reason.TOO_LARGE, f"its files exceed {max_bytes} bytes together", where)


def _check_folders(files: Files, where: str) -> None:
    for path in files:
        for folder in map(str, PurePosixPath(path).parents):
            if folder in files:
                raise Rejected(Reason.INVALID, f"'{folder}' is a file and a folder", where)


def _packed(data: bytes, where: str) -> Iterator[tuple[str, bytes]]:
    try:
        files = json.loads(data)
        found = {check_path(path, where): base64.b64decode(text, validate=True) for path, text in files.items()}
    except (ValueError, AttributeError, TypeError, RecursionError) as exc:
        raise Rejected(Reason.MALFORMED, "is no package: neither a gzipped tar nor a packed folder", where) from exc
    check_sizes({path: len(content) for path, content in found.items()}, where)
    yield from found.items()


def _archived(data: bytes, where: str) -> Iterator[tuple[str, bytes]]:
    """Only plain files; folders stand in their paths. Links are refused: they point anywhere."""
    try:
        with tarfile.open(fileobj=io.BytesIO(_gunzipped(data, where)), mode="r:") as archive:
            sizes: dict[str, int] = {}
            for member in archive:
                if member.size < 0:  # the next one would stand before this one
                    raise tarfile.HeaderError(f"'{member.name}' has less than no bytes")
                if member.isdir() or member.type in (tarfile.XGLTYPE, tarfile.XHDTYPE):
                    continue
                if not member.isfile():
                    raise Rejected(Reason.INVALID, f"'{member.name}' is no plain file", where)
                path = check_path(member.name, where)
                sizes[path] = member.size
                check_sizes(sizes, where)
                content = archive.extractfile(member)
                assert content is not None  # of a plain file there is one
                yield path, content.read()
    # What tarfile raises for headers that are nested, cut or senseless.
    except (tarfile.TarError, EOFError, ValueError, OverflowError, RecursionError) as exc:
        raise Rejected(Reason.MALFORMED, f"is no tar archive: {exc}", where) from exc


def _gunzipped(data: bytes, where: str) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            # A tar adds a block for each file.
            limit = MAX_UNPACKED_BYTES + MAX_FILES * 2 * tarfile.BLOCKSIZE
            plain = stream.read(limit + 1)
    except (OSError, EOFError, zlib.error) as exc:
        raise Rejected(Reason.MALFORMED, f"is no gzip archive: {exc}", where) from exc
    if len(plain) > limit:
        raise Rejected(Reason.TOO_LARGE, f"unpacks to more than {amounts.size(MAX_UNPACKED_BYTES)}", where)
    return plain
