"""Objects by their content: of equal ones only the first is kept, so that a thousand variants hold each object once."""

import marshal
from dataclasses import replace

from pinnace_cloud.render.parts import Part
from pinnace_schemas.bundle import KubeObject

# The last one that writes an object alike wherever else it is referred to.
_FORMAT = 2


class Shared:
    """Never changes an object, and keeps each as long as it lives itself."""

    def __init__(self) -> None:
        self._known: dict[int, KubeObject] = {}

    def part(self, part: Part) -> Part:
        """The same with the first object of this content."""
        item = self.one(part.object)
        return part if item is part.object else replace(part, object=item)

    def one(self, item: KubeObject) -> KubeObject:
        """The first object of this content; itself where it holds what is no plain value."""
        try:
            mark = hash(marshal.dumps(item, _FORMAT))  # a fifth of the time that JSON takes
        except ValueError:
            return item
        known = self._known.setdefault(mark, item)
        return known if known == item else item
