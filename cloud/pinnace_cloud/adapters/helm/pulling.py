"""What `helm pull` is told: the chart, its repository or registry, and who asks there.

A password is never on a command line, which other users of the machine can read; it stands in files that only the one
run sees, and that know no other host.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pinnace_cloud.adapters.credentials import Login
from pinnace_cloud.materials.sources import Kind, Source

_NAME = "source"  # of the repository in the files of one run
_REPOSITORIES, _REGISTRY = "repositories.json", "registry.json"


@dataclass(frozen=True, slots=True)
class Pull:
    """`commands` are run one after the other; `environment` names the files."""

    commands: tuple[Sequence[str], ...]
    environment: dict[str, str]


def prepared(source: Source, login: Login | None, ca_file: Path | None, home: Path) -> Pull:
    """Writes to `home` what the commands need."""
    authority = () if ca_file is None else (f"--ca-file={ca_file.absolute()}",)
    pull = ("pull", *_version(source), *authority)
    if login is None:
        own = (f"--repo={source.location}",) if source.kind is Kind.REPOSITORY else ()
        return Pull(((*pull, *own, "--", source.chart or source.location),), {})
    if source.kind is Kind.REPOSITORY:
        (home / _REPOSITORIES).write_bytes(_repositories(source, login, ca_file))
        commands = (("repo", "update"), (*pull, "--", f"{_NAME}/{source.chart}"))
        return Pull(commands, {"HELM_REPOSITORY_CONFIG": str(home / _REPOSITORIES)})
    (home / _REGISTRY).write_bytes(login.registry_config)
    return Pull(((*pull, "--", source.location),), {"HELM_REGISTRY_CONFIG": str(home / _REGISTRY)})


def failure(said: str) -> str:
    """Why a repository was not read, '' if it was: `helm repo update` of version 3 says so and ends well."""
    _, missed, rest = said.partition("Unable to get an update")
    return " ".join(rest.partition("\n")[2].partition("\n")[0].split()) or missed


def _version(source: Source) -> Iterator[str]:
    """What a person wrote is never taken for an option: it stands after `=` or after `--`."""
    if source.version:
        yield f"--version={source.version}"


def _repositories(source: Source, login: Login, ca_file: Path | None) -> bytes:
    """JSON is YAML. Helm sends the password to the host of `url` and to no other."""
    entry = {"name": _NAME, "url": source.location, "username": login.user, "password": login.password}
    entry |= {} if ca_file is None else {"caFile": str(ca_file.absolute())}
    return json.dumps({"apiVersion": "v1", "repositories": [entry]}).encode()
