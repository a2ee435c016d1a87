"""Fetches charts with `helm pull` and renders them with `helm template`, version 3 or 4.

Rendering depends on the question and the chart only: release, namespace and version of Kubernetes are said, there is no
cluster, no plugin and no cache of another run, and no address answers. A chart is rendered twice: what differs between
the two is refused, since every site would get a new password at each apply.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pinnace_cloud.adapters import credentials, programs, sandbox
from pinnace_cloud.adapters.helm import pulling
from pinnace_cloud.errors import PartMissing
from pinnace_cloud.materials import charts, clocks, manifests, packages, value_schemas, values_files
from pinnace_cloud.materials.charts import Chart
from pinnace_cloud.materials.needs import Answer, Need
from pinnace_cloud.materials.sources import Source
from pinnace_schemas import codec, diagnostics
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import Diagnostic
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason

_REMEDY = "Install Helm 3 or 4 on PATH, or name it with the setting helm_program (PINNACE_HELM for the command line)."
# The index of a large repository is 30 MiB and comes over a slow line.
_FETCHING = replace(programs.BOUNDS, wall_s=180.0)
_CHART = "chart"
# What Helm says where it has no password, or a wrong one.
_ASKS_WHO = re.compile(r"\b40[13] |: 40[13]\b|credential not found|\bunauthorized\b", re.IGNORECASE)


class Helm:
    """`program` is None to look on PATH; `network` are variables for fetching, such as a proxy; `passwords` is the file
    of `credentials`.
    """

    def __init__(
        self,
        program: Path | None = None,
        *,
        ca_file: Path | None = None,
        passwords: Path | None = None,
        network: Mapping[str, str] | None = None,
    ) -> None:
        self._named = program
        self._ca_file = ca_file
        self._passwords = passwords
        self._network = dict(network or {})

    def fetch(self, source: Source) -> bytes:
        """The archive of a chart. Raises Rejected."""
        with sandbox.folder() as home:
            work = home / programs.WORK
            work.mkdir()
            self._pull(source, home)
            archives = list(work.glob("*.tgz"))
            if len(archives) != 1:
                raise Rejected(Reason.INVALID, f"helm gave {len(archives)} archives", str(source))
            if archives[0].stat().st_size > packages.MAX_BYTES:
                raise Rejected(Reason.TOO_LARGE, f"exceeds {packages.MAX_BYTES} bytes", str(source))
            return archives[0].read_bytes()

    def _pull(self, source: Source, home: Path) -> None:
        login = credentials.login(self._passwords, source.location)
        pull = pulling.prepared(source, login, self._ca_file, home)
        environment = {**_own_folders(home), **programs.ONLY_HTTPS, **self._network, **pull.environment}
        try:
            for arguments in pull.commands:
                self._fetching(arguments, home, str(source), environment)
        except Rejected as exc:
            if not _ASKS_WHO.search(exc.message):
                raise
            raise Rejected(Reason.UNAUTHENTICATED, f"{exc.message}; {credentials.ADVICE}", exc.where) from exc

    def _fetching(self, arguments: Sequence[str], home: Path, where: str, environment: Mapping[str, str]) -> None:
        said = programs.run([*self._command(), *arguments], home, where, environment, _FETCHING)
        if why := pulling.failure(said):
            raise Rejected(Reason.INVALID, why, where)

    def answer(self, need: Need, package: bytes) -> Answer:
        """The objects of a chart in Helm's order, hooks too. Raises Rejected."""
        chart = charts.chart(need.question)
        where = str(chart.source)
        files = packages.unpack(package, where)
        if outward := tuple(value_schemas.outward(packages.opened(files, where))):
            return Answer(problems=tuple(_refused(problem) for problem in outward))
        own = tuple(values_files.read(files, path, where) for path in chart.values_files)
        with sandbox.folder() as home:
            if own:
                programs.lay_out(values_files.without_defaults(files, where), home / programs.WORK / _CHART)
            else:
                _lay_out(home / programs.WORK, package, files)
            arguments = tuple(_template(home / programs.WORK, chart, own))
            once, again = (self._objects(home, arguments, where) for _ in range(2))
        if random := manifests.differing(once, again):
            return Answer(list(once), tuple(_random(random)))  # with what else is wrong with them
        return Answer(list(once), tuple(_clocks(packages.opened(files, where))))

    def _objects(self, home: Path, arguments: Sequence[str], where: str) -> tuple[KubeObject, ...]:
        environment = {**_own_folders(home), **programs.OFFLINE}
        return manifests.objects(programs.run([*self._command(), *arguments], home, where, environment), where)

    def _command(self) -> Sequence[str]:
        found = programs.find(self._named, "helm")
        if found is None:
            raise PartMissing("the program helm", str(self._named or "PATH"), _REMEDY)
        return (str(found.absolute()),)


def _own_folders(home: Path) -> dict[str, str]:
    """Nothing that a person has set up for Helm on this machine changes what a chart is."""
    names = ("HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME", "HELM_PLUGINS")
    return {name: str(home / "helm") for name in names} | {"KUBECONFIG": str(home / "none")}


def _lay_out(work: Path, package: bytes, files: packages.Files) -> None:
    """An archive as it is, so that Helm reads it as it always does; a folder as its files."""
    if packages.is_archive(package):
        programs.lay_out({_CHART: package}, work)
    else:
        programs.lay_out(files, work / _CHART)


def _template(work: Path, chart: Chart, own: tuple[bytes, ...]) -> Iterator[str]:
    """The arguments; writes the values beside the chart. What a person wrote is never taken for an option."""
    yield from ("template", f"--namespace={chart.namespace}", f"--kube-version={chart.kube_version}")
    yield from (f"--api-versions={version}" for version in chart.api_versions)
    if chart.with_crds:
        yield "--include-crds"
    texts = (values.encode() if isinstance(values, str) else codec.canonical(values) for values in chart.values)
    for index, text in enumerate((*own, *texts)):
        name = f"values-{index}.yaml"
        (work / name).write_bytes(text)
        yield f"--values={name}"
    yield from ("--", chart.release, f"./{_CHART}")


def _refused(problem: str) -> Diagnostic:
    return diagnostics.error(Reason.INVALID, problem, "properties")


def _random(differing: tuple[str, ...]) -> Iterator[Diagnostic]:
    for what in differing:
        message = f"the chart makes something else each time: {what}"
        hint = "set the value that it makes up, such as a password or a certificate"
        yield diagnostics.error(Reason.INVALID, message, "properties", hint=hint)


def _clocks(files: Iterable[tuple[str, bytes]]) -> Iterator[Diagnostic]:
    for path in clocks.readers(files):
        message = f"the chart reads the clock in {path}: what it makes may differ at each apply"
        yield diagnostics.warning(Reason.UNSUPPORTED, message, "properties")
