"""Unites the settings of a trait with those that are there. What is written wins over what is only a default: of the
trait, or of one that came before.
"""

from collections.abc import Collection

from pydantic import BaseModel

from pinnace_cloud.render import patching
from pinnace_schemas.bundle import KubeObject


def united(base: KubeObject, model: BaseModel, without: Collection[str] = ()) -> KubeObject:
    """The base with the fields of the model, their defaults written out, absent ones left out.

    Args:
        without: fields, by their name in Python.

    Raises:
        Conflicting: where something else is there. (A value that equals the default counts as one.)
    """
    known = {field.alias or name: field.default for name, field in type(model).model_fields.items()}
    aliases = {name: field.alias or name for name, field in type(model).model_fields.items()}
    written = {aliases[name] for name in model.model_fields_set}
    values = model.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=set(without))
    patch = {name: value for name, value in values.items() if name in written or name not in base}
    kept = {name: value for name, value in base.items() if name not in written or value != known.get(name, ...)}
    found: KubeObject = patching.merge(kept, patch)
    return found
