"""What a group's verified targets want: one bundle for each application, within the limits (rule 6 of `verifier`)."""

import re

from tuf.api.metadata import TargetFile, Targets

from pinnace_edge.adapters import verifier_document
from pinnace_edge.model import WantedBundle
from pinnace_schemas import amounts, codec, head
from pinnace_schemas.head import HeadEntry
from pinnace_schemas.limits import Limits
from pinnace_schemas.names import DNS_LABEL
from pinnace_schemas.reasons import Reason

# What an entry's `requires` may name. Nothing yet: the first feature that a reader must not ignore adds itself here.
FEATURES: frozenset[str] = frozenset()

_LABEL = DNS_LABEL.removeprefix("^").removesuffix("$")
_PATH = re.compile(rf"{_LABEL}/{_LABEL}/{_LABEL}\Z")
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


def wanted(targets: Targets, group: str, limits: Limits, where: str) -> tuple[WantedBundle, ...]:
    """In the order of their paths. Raises Rejected, naming the entry."""
    files = sorted(targets.targets.items())
    return tuple(_wanted(path, file, group, limits, where) for path, file in files)


def _wanted(path: str, file: TargetFile, group: str, limits: Limits, where: str) -> WantedBundle:
    if not _PATH.match(path) or not path.startswith(f"{group}/"):
        message = f"names {path!r}, which is not an application of group {group!r}"
        raise verifier_document.refusal(Reason.WRONG_GROUP, message, where)
    place = f"{where} {path}"
    entry = _entry(file, limits, place)
    if head.target_path(group, entry.namespace, entry.application) != path:
        message = f"describes {entry.namespace}/{entry.application} under the path of another"
        raise verifier_document.refusal(Reason.INCONSISTENT, message, place)
    _check_features(entry, place)
    _check_lengths(file, entry, limits, place)
    return WantedBundle(entry, _digest(file, place), file.length)


def _entry(file: TargetFile, limits: Limits, where: str) -> HeadEntry:
    plain = codec.canonical(file.custom)
    return codec.parse(HeadEntry, plain, max_bytes=limits.max_document_bytes, max_depth=limits.max_depth, where=where)


def _check_features(entry: HeadEntry, where: str) -> None:
    missing = sorted(set(entry.requires) - FEATURES)
    if missing:
        message = f"requires {', '.join(missing)}; the head is not used before the daemon is upgraded"
        raise verifier_document.refusal(Reason.UNSUPPORTED, message, where)


def _check_lengths(file: TargetFile, entry: HeadEntry, limits: Limits, where: str) -> None:
    if file.length > limits.max_bundle_bytes:
        message = f"bundle of {amounts.too_large(file.length, limits.max_bundle_bytes, 'max_bundle_bytes')}"
        raise verifier_document.refusal(Reason.TOO_LARGE, message, where)
    longest = max(variant.length for variant in entry.variants)
    if longest > limits.max_encoded_bytes:
        message = f"encoded bundle of {amounts.too_large(longest, limits.max_encoded_bytes, 'max_encoded_bytes')}"
        raise verifier_document.refusal(Reason.TOO_LARGE, message, where)


def _digest(file: TargetFile, where: str) -> str:
    digest = file.hashes.get("sha256", "")
    if not _DIGEST.match(digest):
        raise verifier_document.refusal(Reason.MALFORMED, "has no sha256 of 64 lower-case hex digits", where)
    return digest
