"""The contexts of the kubeconfig files that a person has, each as a kubeconfig of its own. Reads files, asks nobody."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

# Fields that may hold a path relative to the file that they stand in.
_PATHS = ("certificate-authority", "client-certificate", "client-key", "tokenFile")
_LISTS = {"clusters": "cluster", "users": "user", "contexts": "context"}


class Unusable(Exception):  # noqa: N818 - a claim about the files
    """The files hold no contexts that the demo can use; says which file and what to do."""


@dataclass(frozen=True, slots=True)
class Context:
    """`text` is a whole kubeconfig with this context only, as JSON, with absolute paths."""

    name: str
    server: str
    text: str


def read(paths: str) -> tuple[Context, ...]:
    """All contexts of these files (separated as KUBECONFIG has it), the current one first. Raises Unusable."""
    try:
        return _contexts(paths)
    except (KeyError, TypeError, AttributeError) as exc:
        raise Unusable(f"{paths} has not the form of a kubeconfig ({exc!r}); see `kubectl config view`") from exc


def _contexts(paths: str) -> tuple[Context, ...]:
    config = _merged(_load(Path(each).expanduser()) for each in paths.split(os.pathsep) if each)
    names = [each["name"] for each in config["contexts"]]
    current = config["current-context"] or (names[0] if names else "")
    if current not in names:
        raise Unusable(
            f"{paths}: {f'no context {current!r}' if names else 'no contexts'}; see `kubectl config get-contexts`"
        )
    ordered = [current, *(name for name in names if name != current)]
    return tuple(_alone(config, name, paths) for name in ordered)


def check_distinct(identities: Sequence[tuple[str, str]]) -> None:
    """Refuses two contexts of one cluster, given as (context, identity). Raises Unusable that names both."""
    seen: dict[str, str] = {}
    for context, identity in identities:
        if identity in seen:
            raise Unusable(
                f"contexts {seen[identity]!r} and {context!r} are one cluster, in which two sites would undo each"
                " other's work; name a kubeconfig in which each context is a cluster of its own"
            )
        seen[identity] = context


def _load(path: Path) -> dict[str, Any]:
    try:
        config = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as exc:
        raise Unusable(f"the kubeconfig {path} cannot be read: {exc}") from exc
    if not isinstance(config, dict):
        raise Unusable(f"{path} is no kubeconfig: it must be a mapping with clusters, users and contexts")
    for plural, singular in _LISTS.items():
        for item in config.get(plural) or ():
            _make_absolute(item.get(singular) or {}, path.resolve().parent)
    return config


def _make_absolute(fields: dict[str, Any], folder: Path) -> None:
    for name in _PATHS:
        if name in fields:
            fields[name] = str(folder / fields[name])


def _merged(configs: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """As kubectl merges: the first of each name counts, and the first current context."""
    merged: dict[str, Any] = {plural: [] for plural in _LISTS} | {"current-context": ""}
    for config in configs:
        merged["current-context"] = merged["current-context"] or config.get("current-context") or ""
        for plural in _LISTS:
            known = {each["name"] for each in merged[plural]}
            merged[plural] += [each for each in config.get(plural) or () if each["name"] not in known]
    return merged


def _alone(config: Mapping[str, Any], name: str, paths: str) -> Context:
    context = _pick(config, "contexts", name, paths)
    cluster = _pick(config, "clusters", context["context"].get("cluster", ""), paths)
    user = _pick(config, "users", context["context"].get("user", ""), paths)
    own = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [cluster],
        "users": [user],
        "contexts": [context],
        "current-context": name,
    }
    return Context(name, str(cluster["cluster"]["server"]).rstrip("/"), json.dumps(own, indent=1))


def _pick(config: Mapping[str, Any], plural: str, name: str, paths: str) -> dict[str, Any]:
    for each in config[plural]:
        if each["name"] == name:
            return dict(each)
    raise Unusable(f"{paths}: a context names {_LISTS[plural]} {name!r}, which is not there")
