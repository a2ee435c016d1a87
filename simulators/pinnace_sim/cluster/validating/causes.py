"""The single complaints of which a 422 Invalid is made (apimachinery, pkg/util/validation/field)."""

from __future__ import annotations

import json
from typing import Any

from pinnace_sim.cluster import errors

Cause = dict[str, str]


def wrong(field: str, value: Any, why: str) -> Cause:
    return errors.cause("FieldValueInvalid", field, f"Invalid value: {_told(value)}: {why}")


def required(field: str, why: str = "") -> Cause:
    return errors.cause("FieldValueRequired", field, f"Required value: {why}" if why else "Required value")


def forbidden(field: str, why: str) -> Cause:
    return errors.cause("FieldValueForbidden", field, f"Forbidden: {why}")


def duplicate(field: str, value: Any) -> Cause:
    return errors.cause("FieldValueDuplicate", field, f"Duplicate value: {_told(value)}")


def unsupported(field: str, value: Any, known: tuple[str, ...]) -> Cause:
    told = ", ".join(json.dumps(each) for each in sorted(known))
    return errors.cause("FieldValueNotSupported", field, f"Unsupported value: {_told(value)}: supported values: {told}")


def too_long(field: str, why: str) -> Cause:
    return errors.cause("FieldValueTooLong", field, f"Too long: {why}")


def missing(field: str, value: Any) -> Cause:
    return errors.cause("FieldValueNotFound", field, f"Not found: {_told(value)}")


def immutable(field: str, value: Any) -> Cause:
    return wrong(field, value, "field is immutable")


def _told(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
