"""ObjectMeta of the documents that people write: name, namespace, labels, annotations.

What servers write into it (uid, managedFields and so on) is tolerated, so that output of kubectl can be applied, and
never looked at.
"""

from typing import Any

from pydantic import Field, model_validator

from pinnace_schemas.fields import DnsLabel, Strictly

Labels = dict[str, str]


class Written(Strictly):
    """A part of an envelope: as in Kubernetes, null means that the field was left out."""

    @model_validator(mode="before")
    @classmethod
    def _drop_nulls(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        known = {text for name, field in cls.model_fields.items() for text in (name, field.alias)}
        return {key: item for key, item in value.items() if item is not None or key not in known}


class Metadata(Written):
    """What all documents have."""

    labels: Labels = Field(default_factory=dict)
    annotations: Labels = Field(default_factory=dict)
    creation_timestamp: Any = Field(default=None, repr=False)
    deletion_grace_period_seconds: Any = Field(default=None, repr=False)
    deletion_timestamp: Any = Field(default=None, repr=False)
    finalizers: Any = Field(default=None, repr=False)
    generate_name: Any = Field(default=None, repr=False)
    generation: Any = Field(default=None, repr=False)
    managed_fields: Any = Field(default=None, repr=False)
    owner_references: Any = Field(default=None, repr=False)
    resource_version: Any = Field(default=None, repr=False)
    self_link: Any = Field(default=None, repr=False)
    uid: Any = Field(default=None, repr=False)


class Named(Metadata):
    """Metadata of a Node or NodeGroup, which belong to no namespace."""

    name: DnsLabel


class Namespaced(Metadata):
    """Metadata of an Application. That its names are DNS labels is a rule of its own (`application.name_problems`)."""

    name: str = Field(min_length=1)
    namespace: str = Field(default="default", min_length=1)
