"""What a patch says about its own fields: how a list finds its entries, and what is replaced rather than united.

The names are those of the comments `+patchKey` and `+patchStrategy` in KubeVela's definitions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Strategy(StrEnum):
    """RETAIN_KEYS: what the patch has replaces what is there; in a list with a key, entry by entry. REPLACE: the list
    of the patch replaces the other. JSON_PATCH and JSON_MERGE_PATCH hold for a whole patch only: they stand at "".
    """

    RETAIN_KEYS = "retainKeys"
    REPLACE = "replace"
    JSON_PATCH = "jsonPatch"
    JSON_MERGE_PATCH = "jsonMergePatch"


@dataclass(frozen=True, slots=True)
class Tag:
    """Rules for one field.

    Args:
        key: by which field the entries of a list are told apart: `name`, `secretRef.name`, or several with commas
            between. Holds for the lists below too, unless they have their own. '' unites lists by position.
        strategy: None unites.
        is_closed: the list has as many entries as the patch writes: a longer one in the base is a conflict, unless the
            entries have been found by key. (A list in CUE is closed unless it ends in `...`.)
    """

    key: str = ""
    strategy: Strategy | None = None
    is_closed: bool = False


# By path of the field in the patch, `[]` for the entries of a list: `spec.containers[].env`. '' is the whole patch.
# A comment of CUE above the short form `a: b: 1` is a tag of the innermost field: `a.b`.
Tags = Mapping[str, Tag]
