"""What the API is told about itself."""

from dataclasses import dataclass

from pinnace_schemas import api


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """Sizes in bytes."""

    version: str
    tenant: str = "default"
    # One source of the largest size, twice: JSON escapes line ends and quotes of YAML with two bytes each.
    max_body_bytes: int = 2 * api.MAX_SOURCE_BYTES
    # A request body nests four deep; the sources within it are strings and have their own limit.
    max_body_depth: int = 16
