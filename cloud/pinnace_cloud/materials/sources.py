"""Where charts and overlays come from, as a person writes it: a chart repository, a registry, an archive, a folder.

Only https and oci are fetched: what is fetched in the clear could be anybody's. A folder is given at apply time by who
applies; nothing outside of it is ever read.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason

# What KubeVela writes for a chart without a version; Helm takes the newest release then.
NEWEST = ("", "latest", "*")
# Of an Application that names a Secret with a password.
NO_SECRET = "is not read: the controller's file of passwords counts (sources_credentials)"
_DIGEST = re.compile(r"(sha256:)?([0-9a-f]{64})\Z")
_FOLDER = (".", "./")


class Kind(StrEnum):
    """How it is fetched."""

    REPOSITORY = "repository"
    REGISTRY = "registry"
    ARCHIVE = "archive"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class Source:
    """`location` is an address or, of a folder, a path relative to the file that names it.

    `version` is what Helm takes for one, also a range; '' means the newest. `digest` is the sha256 that the package has
    to have, '' where none is asked for.
    """

    kind: Kind
    location: str
    chart: str = ""
    version: str = ""
    digest: str = ""

    def __str__(self) -> str:
        """Names it in messages, and what it is pinned by: two sources with one name are the same source."""
        chart = f" chart {self.chart}" if self.chart else ""
        version = f" version {self.version}" if self.version else ""
        return f"{self.kind} {self.location}{chart}{version}"

    def to_dict(self) -> dict[str, str]:
        """Plain JSON for a question; what is empty is left out."""
        fields = {name: str(getattr(self, name)) for name in self.__slots__}
        return {name: value for name, value in fields.items() if value}


def from_dict(value: Mapping[str, str]) -> Source:
    """The inverse."""
    return Source(**{**value, "kind": Kind(value["kind"])})  # type: ignore[arg-type] # texts, but for the kind


def of_chart(source: str, repository: str = "", version: str = "", digest: str = "") -> Source:
    """A chart. Raises Rejected, whose `where` is `source`, `repository` or `digest`."""
    wanted = "" if version in NEWEST else version
    pin = _digest(digest)
    if is_folder(source):
        return Source(Kind.FOLDER, folder(source), digest=pin)
    if source.startswith("oci://"):
        return Source(Kind.REGISTRY, _address(source, "source", "oci://"), version=wanted, digest=pin)
    if "://" in source:
        return Source(Kind.ARCHIVE, _address(source, "source"), digest=pin)
    if not repository:
        hint = "name its repository, or write oci://..., https://...tgz, or ./FOLDER"
        raise Rejected(Reason.INVALID, f"'{source}' is a chart of a repository; {hint}", "repository")
    return Source(Kind.REPOSITORY, _address(repository, "repository").rstrip("/"), source, wanted, pin)


def of_overlay(source: str, digest: str = "") -> Source:
    """A tree of files. Raises Rejected, whose `where` is `source` or `digest`."""
    if is_folder(source):
        return Source(Kind.FOLDER, folder(source), digest=_digest(digest))
    if not source.endswith((".tgz", ".tar.gz")):
        message = f"'{source}' is neither a folder nor an archive; write ./FOLDER or https://...tar.gz"
        raise Rejected(Reason.INVALID, message, "source")
    return Source(Kind.ARCHIVE, _address(source, "source"), digest=_digest(digest))


def is_folder(text: str) -> bool:
    """True for what is meant relative to the file: `.`, `./x`, also `../x`, which `folder` refuses."""
    return text == "." or text.startswith(("./", "../")) or text == ".."


def folder(text: str) -> str:
    """The path in its one form: `./charts/shop`. Raises Rejected(INVALID) for one that leaves the file's own folder."""
    path = PurePosixPath(text)
    if ".." in path.parts:
        message = f"'{text}' leaves the folder of the file; move it there, or apply a file that stands above both"
        raise Rejected(Reason.INVALID, message, "source")
    return "." if path == PurePosixPath() else f"./{path}"


def _address(text: str, where: str, scheme: str = "https://") -> str:
    if not text.startswith(scheme) or len(text) == len(scheme) or any(sign.isspace() for sign in text):
        raise Rejected(Reason.INVALID, f"'{text}' is no address that is fetched; write {scheme}...", where)
    if "@" in text.removeprefix(scheme).partition("/")[0]:
        raise Rejected(Reason.INVALID, "holds a password, which every reader of the Application would see", where)
    return text


def _digest(text: str) -> str:
    found = _DIGEST.match(text)
    if text and found is None:
        raise Rejected(Reason.INVALID, f"'{text}' is no sha256: 64 of 0-9 and a-f", "digest")
    return found[2] if found else ""
