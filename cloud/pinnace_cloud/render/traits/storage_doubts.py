"""What of the trait `storage` has no effect, or not the one that its name says, and what no cluster takes."""

from collections import Counter
from collections.abc import Iterable, Iterator

from pinnace_cloud.render.parts import Context
from pinnace_cloud.render.traits.storage_parameters import Claim, ClaimSelector, Files, StorageParameters
from pinnace_schemas import diagnostics, fields
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Diagnostic, Parts
from pinnace_schemas.reasons import Reason


def problems(context: Context, parameters: StorageParameters) -> Iterator[Diagnostic]:
    """Paths are below the trait."""
    for index, claim in enumerate(parameters.pvc):
        yield from _of_claim(context, claim, ("properties", "pvc", index))
    files: dict[str, tuple[Files, ...]] = {"configMap": parameters.config_map, "secret": parameters.secret}
    for name, items in files.items():
        first: dict[str, Files] = {}
        for index, item in enumerate(items):
            yield from _of_files(context, item, ("properties", name, index))
            if item.mount_path is not None:
                yield from _of_repetition(first.setdefault(item.name, item), item, ("properties", name, index))


def lost_variables(variables: Iterable[KubeObject], container: KubeObject) -> Iterator[Diagnostic]:
    """Of two of one name the last one counts where the container has variables already."""
    counts = Counter(item["name"] for item in variables) if container.get("env") is not None else Counter[str]()
    for name in (name for name, count in counts.items() if count > 1):
        message = f"variable '{name}' is set twice; the last one counts, as in KubeVela"
        yield diagnostics.warning(Reason.INVALID, message, "properties")


def of_selector(context: Context, selector: ClaimSelector | None, path: Parts) -> Iterator[Diagnostic]:
    """Of the claim whose properties stand at `path`."""
    if selector is not None:
        message = "'selector' is written as 'dataSource', as in KubeVela; no cluster takes it there"
        place = diagnostics.join_path((*path, "selector"))
        yield Diagnostic(context.doubts, Reason.INVALID, message, path=place, hint="name the volume with 'volumeName'")


def _of_claim(context: Context, claim: Claim, path: Parts) -> Iterator[Diagnostic]:
    yield from of_selector(context, claim.selector, path)
    if claim.volume_mode == "Block" and claim.sub_path is not None:
        yield diagnostics.warning(Reason.INVALID, "'subPath' has no effect on a device", *path, "subPath")


def _of_files(context: Context, item: Files, path: Parts) -> Iterator[Diagnostic]:
    for field in _vain(item):
        message = f"'{field}' has no effect here, as in KubeVela"
        yield diagnostics.warning(Reason.INVALID, message, *path, field)
    for key, value in (item.data or {}).items():
        if not isinstance(value, str):
            message = f"must be a text, got {fields.describe(value)}"
            place = diagnostics.join_path((*path, "data", key))
            yield Diagnostic(context.doubts, Reason.INVALID, message, path=place, hint="put it in quotes")


def _vain(item: Files) -> Iterator[str]:
    if item.read_only:
        yield "readOnly"
    if item.mount_path is None:
        yield from (name for name, value in (("subPath", item.sub_path), ("items", item.items)) if value is not None)
    if item.mount_only and item.data is not None:
        yield "data"


def _of_repetition(first: Files, item: Files, path: Parts) -> Iterator[Diagnostic]:
    """One volume has one description."""
    if (first.items, first.default_mode) != (item.items, item.default_mode):
        message = f"the files of '{item.name}' are described twice; the first one counts, as in KubeVela"
        yield diagnostics.warning(Reason.INVALID, message, *path)
