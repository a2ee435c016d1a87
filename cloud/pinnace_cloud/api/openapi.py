"""The API's description at /openapi.json: FastAPI's own, with the strict bodies and the bearer token added."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from pinnace_cloud.api import auth
from pinnace_schemas import api

_PLACE = "#/components/schemas/{model}"
_BODIES: tuple[type[BaseModel], ...] = (api.ApplyRequest, api.RollbackRequest, api.TokenRequest, api.ErrorBody)

ERRORS: dict[int | str, dict[str, Any]] = {"default": {"model": api.ErrorBody, "description": "Why not"}}


def takes(model: type[BaseModel], *, required: bool = True) -> dict[str, Any]:
    """What a route adds to its description for a body that `bodies.strict` reads."""
    content = {"application/json": {"schema": {"$ref": _PLACE.format(model=model.__name__)}}}
    return {"requestBody": {"required": required, "content": content}}


def install(app: FastAPI) -> None:
    """Replaces the description's generator; the result is made once, at the first request."""

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _describe(app)
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]  # the way that FastAPI documents


def _describe(app: FastAPI) -> dict[str, Any]:
    schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    _, bodies = models_json_schema([(model, "validation") for model in _BODIES], ref_template=_PLACE)
    components = schema.setdefault("components", {})
    components["schemas"] = {**bodies["$defs"], **components.get("schemas", {})}
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    schema["security"] = [{"token": []}]
    for path in auth.OPEN_PATHS & schema["paths"].keys():
        for operation in schema["paths"][path].values():
            operation["security"] = []
    return schema
