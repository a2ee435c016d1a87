"""The composition root of rendering: who fetches, and who answers what types ask for. For the controller, and for
`pinnace render`, which has none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pinnace_cloud.adapters import credentials, https
from pinnace_cloud.adapters.cue import program as cue_program
from pinnace_cloud.adapters.cue.evaluator import CueEvaluator
from pinnace_cloud.adapters.helm import Helm
from pinnace_cloud.adapters.kustomize import Kustomize
from pinnace_cloud.definitions import questions
from pinnace_cloud.materials import charts, overlays, packages
from pinnace_cloud.materials.sources import Kind, Source
from pinnace_cloud.services.supplying import Packager, Workshop

# What programs and libraries look for when they reach for an address. Nothing else of the environment is theirs.
_NETWORK = ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR")


@dataclass(frozen=True, slots=True)
class Programs:
    """None: looked for on PATH; `cue` also where Pinnace keeps programs. `ca_file` is for addresses whose certificate
    no public authority signed, `passwords` for those that ask for one.
    """

    helm: Path | None = None
    kustomize: Path | None = None
    cue: Path | None = None
    ca_file: Path | None = None
    passwords: Path | None = None


def check(programs: Programs, environment: Mapping[str, str]) -> None:
    """Raises PartMissing where a setting names a program that will not do. What is not named may be missing."""
    if programs.cue is not None:
        cue_program.locate(programs.cue, environment)


def make(programs: Programs, environment: Mapping[str, str]) -> Workshop:
    """`environment`: of this process. Raises Misconfigured for a file of authorities or passwords that is none."""
    if programs.ca_file is not None:
        https.check_authorities(programs.ca_file)
    if programs.passwords is not None:
        credentials.read(programs.passwords)
    network = {name: environment[name] for name in _NETWORK if name in environment}
    helm = Helm(programs.helm, ca_file=programs.ca_file, passwords=programs.passwords, network=network)

    def fetch(source: Source) -> bytes:
        if source.kind is Kind.ARCHIVE:
            login = credentials.login(programs.passwords, source.location)
            return https.fetch(source.location, packages.MAX_BYTES, programs.ca_file, login)
        return helm.fetch(source)

    cue = CueEvaluator(lambda: cue_program.locate(programs.cue, environment))
    packagers: dict[str, Packager] = {charts.MAKER: helm, overlays.MAKER: Kustomize(programs.kustomize)}
    return Workshop(fetch, packagers, {questions.MAKER: cue}, cue)
