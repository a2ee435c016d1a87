"""Archives for tests, as repositories of charts and source servers serve them."""

import io
import tarfile
from collections.abc import Mapping


def archive(files: Mapping[str, bytes], *more: tarfile.TarInfo) -> bytes:
    """A gzipped tar."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as made:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            made.addfile(member, io.BytesIO(data))
        for member in more:
            made.addfile(member)
    return target.getvalue()


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member
