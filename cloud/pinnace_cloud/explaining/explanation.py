"""Explains a type, or one of its properties, field by field. Reads the same JSON Schema that editors get."""

from pydantic import BaseModel, ConfigDict

from pinnace_cloud.explaining import docstrings, fields, schema
from pinnace_cloud.explaining.fields import Field
from pinnace_cloud.render import deprecated
from pinnace_cloud.render.registry import Known, Sort
from pinnace_schemas import diagnostics
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason


class Explanation(BaseModel):
    """A type, or what stands at a path of its properties. `replacement` is empty unless the type is deprecated."""

    model_config = ConfigDict(frozen=True)

    sort: Sort
    name: str
    distribution: str
    replacement: str
    path: str
    type: str
    description: str
    fields: tuple[Field, ...]


def explain(known: Known, path: tuple[str, ...] = ()) -> Explanation:
    """`path` leads into the properties: ('ports', 'expose'); entries of lists have no part of their own in it.

    Raises Rejected, naming the part that is not there and the nearest one that is.
    """
    asked = _found(known.name, fields.read(schema.of_type(known)), path)
    return Explanation(
        sort=known.sort,
        name=known.name,
        distribution=known.distribution,
        replacement=replacement(known),
        path=".".join(path),
        type=asked.type,
        description=asked.description if path else _sentences(summary(known), asked.description),
        fields=asked.fields,
    )


def summary(known: Known) -> str:
    """What a type is, in a sentence or two."""
    return docstrings.summary(known.type) if known.said is None else known.said


def replacement(known: Known) -> str:
    """What to write instead; empty for a type that is not deprecated."""
    return deprecated.replacement(known.type)


def _sentences(*texts: str) -> str:
    return " ".join(text for text in texts if text)


def _found(place: str, field: Field, path: tuple[str, ...]) -> Field:
    for part in path:
        inner = {item.name: item for item in field.fields}
        if part not in inner:
            known = f"known: {', '.join(sorted(inner))}" if inner else "it has none"
            hint = diagnostics.did_you_mean(part, inner) or known
            raise Rejected(Reason.UNKNOWN_FIELD, f"no field '{part}' here; {hint}", place)
        place, field = f"{place}.{part}", inner[part]
    return field
