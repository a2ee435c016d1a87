"""Charts, overlays and given objects of Applications: asked for once, kept with the revision, the same ever after."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.unit.cloud.core import desk as desks
from tests.unit.cloud.core.desk import ACTOR, Desk

from pinnace_cloud.errors import InvalidSources
from pinnace_cloud.materials import packages, sources
from pinnace_cloud.materials.needs import Answer, Need
from pinnace_cloud.materials.sources import Source
from pinnace_cloud.services.supplying import Workshop
from pinnace_cloud.signing.keys import KeySet
from pinnace_schemas import api, codec
from pinnace_schemas.errors import Rejected, Unavailable
from pinnace_schemas.reasons import Reason

CHART = """
apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: {name: shop}
spec:
  components:
    - name: web
      type: helmchart
      properties:
        chart: {source: web, repoURL: "https://charts.example.org", version: "1.0.0"}
        values: {level: info}
  policies:
    - {name: all, type: topology, properties: {clusters: [shops]}}
"""
REFERENCE = """
apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: {name: shop}
spec:
  components:
    - {name: settings, type: ref-objects, properties: {objects: [{resource: configmap}]}}
  policies:
    - {name: all, type: topology, properties: {clusters: [shops]}}
"""
SETTINGS = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {level: info}\n"
GROUP = desks.group("shops")


@dataclass
class Repository:
    """What is at addresses now, and who asked; renders a chart as a ConfigMap of its bytes and values."""

    content: bytes = b"first"
    is_up: bool = True
    fetched: list[str] = field(default_factory=list)
    rendered: int = 0

    def fetch(self, source: Source) -> bytes:
        self.fetched.append(str(source))
        if not self.is_up:
            raise Unavailable("https://charts.example.org does not answer")
        return self.content

    def answer(self, need: Need, package: bytes) -> Answer:
        self.rendered += 1
        data = {"chart": package.decode(errors="replace"), "values": str(need.question["values"])}
        return Answer([{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "made"}, "data": data}])

    @property
    def workshop(self) -> Workshop:
        return Workshop(self.fetch, {"helm": self})


@pytest.fixture
def repository() -> Repository:
    return Repository()


@pytest.fixture
def shop(tmp_path: Path, keyset: KeySet, repository: Repository) -> Iterator[Desk]:
    made = Desk(tmp_path, keyset, workshop=repository.workshop)
    made.apply(GROUP)
    yield made
    made.close()


def request(text: str, *more: str, folders: Mapping[str, Mapping[str, bytes]] | None = None) -> api.ApplyRequest:
    packed = tuple(
        api.Folder(
            source="file0.yaml",
            path=path,
            files={name: base64.b64encode(data).decode() for name, data in files.items()},
        )
        for path, files in (folders or {}).items()
    )
    return api.ApplyRequest(sources=desks.sources(text, *more), folders=packed)


def reasons(error: pytest.ExceptionInfo[InvalidSources]) -> list[tuple[Reason, str]]:
    return [(item.reason, item.path) for item in error.value.diagnostics]


def test_chart_that_changed_at_its_address_stays_what_it_was_for_the_application(
    shop: Desk, repository: Repository
) -> None:
    shop.apply(CHART)
    before = shop.bundle()
    repository.content = b"second, under the same version"
    assert shop.apply(CHART).items[0].change is api.Change.UNCHANGED
    assert shop.bundle() == before
    assert len(repository.fetched) == 1


def test_other_values_render_the_chart_that_is_pinned(shop: Desk, repository: Repository) -> None:
    shop.apply(CHART)
    repository.content, repository.is_up = b"second", False
    item = shop.apply(CHART.replace("level: info", "level: debug")).items[0]
    assert (item.change, item.revision) == (api.Change.CONFIGURED, 2)
    plain = shop.read_bundle()
    assert b"first" in plain
    assert b"debug" in plain


def test_refresh_looks_at_the_address_again_and_makes_a_revision_if_the_chart_differs(
    shop: Desk, repository: Repository
) -> None:
    shop.apply(CHART)
    again = request(CHART).model_copy(update={"refresh": True})
    assert shop.controller.apply(again, ACTOR).items[0].revision == 1
    repository.content = b"second"
    assert shop.controller.apply(again, ACTOR).items[0].revision == 2
    assert b"second" in shop.read_bundle()


def test_another_version_is_fetched(shop: Desk, repository: Repository) -> None:
    shop.apply(CHART)
    repository.content = b"newer"
    shop.apply(CHART.replace("1.0.0", "1.1.0"))
    assert len(repository.fetched) == 2
    assert b"newer" in shop.read_bundle()


def test_rollback_brings_back_the_chart_that_was_without_asking_anybody(shop: Desk, repository: Repository) -> None:
    shop.apply(CHART)
    before = shop.bundle()
    repository.content = b"newer"
    shop.apply(CHART.replace("1.0.0", "1.1.0"))
    repository.is_up = False
    asked = (len(repository.fetched), repository.rendered)
    shop.controller.rollback("default", "shop", None, ACTOR)
    assert shop.bundle() == before
    assert (len(repository.fetched), repository.rendered) == asked
    assert shop.apply(CHART).items[0].change is api.Change.UNCHANGED


def test_group_that_comes_later_gets_the_same_chart_without_asking_anybody(shop: Desk, repository: Repository) -> None:
    shop.apply(
        CHART.replace("clusters: [shops]", "clusterLabelSelector: {tier: shop}"),
        desks.group("a", labels="{tier: shop}"),
    )
    repository.is_up = False
    shop.apply(desks.group("b", labels="{tier: shop}"))
    assert shop.bundle("b") == shop.bundle("a")
    assert repository.rendered == 1


def test_chart_whose_digest_is_another_than_asked_for_is_refused(shop: Desk, repository: Repository) -> None:
    text = CHART.replace('version: "1.0.0"', f'version: "1.0.0", digest: "sha256:{codec.sha256(b"other")}"')
    with pytest.raises(InvalidSources) as error:
        shop.apply(text)
    assert reasons(error) == [(Reason.DIGEST_MISMATCH, "spec.components[0].properties")]
    assert codec.sha256(b"first") in error.value.message
    shop.apply(text.replace(codec.sha256(b"other"), codec.sha256(b"first")))
    assert b"first" in shop.read_bundle()


def test_package_beyond_the_limit_is_refused(shop: Desk, repository: Repository) -> None:
    repository.content = bytes(packages.MAX_BYTES + 1)
    with pytest.raises(InvalidSources) as error:
        shop.apply(CHART)
    assert reasons(error) == [(Reason.TOO_LARGE, "spec.components[0].properties")]


def test_address_that_does_not_answer_changes_nothing_and_may_be_tried_again(
    shop: Desk, repository: Repository
) -> None:
    repository.is_up = False
    with pytest.raises(Unavailable, match="does not answer"):
        shop.apply(CHART)
    assert shop.controller.applications() == ()


def test_folder_comes_along_and_makes_a_revision_when_it_differs(shop: Desk) -> None:
    text = CHART.replace("source: web", "source: ./charts/web/")
    first = request(text, folders={"./charts/web": {"Chart.yaml": b"one"}})
    assert shop.controller.apply(first, ACTOR).items[0].revision == 1
    assert shop.controller.apply(first, ACTOR).items[0].change is api.Change.UNCHANGED
    other = request(text, folders={"./charts/web": {"Chart.yaml": b"two"}})
    assert shop.controller.apply(other, ACTOR).items[0].revision == 2
    shop.controller.rollback("default", "shop", None, ACTOR)
    assert shop.controller.apply(first, ACTOR).items[0].change is api.Change.UNCHANGED


def test_folder_that_is_not_given_along_is_refused(shop: Desk) -> None:
    with pytest.raises(InvalidSources) as error:
        shop.apply(CHART.replace("source: web", "source: ./charts/web"))
    assert reasons(error) == [(Reason.NOT_FOUND, "spec.components[0].properties")]


@pytest.mark.parametrize("text", ["not base64!", "\u00e9"])
def test_folder_whose_files_are_not_in_base64_is_refused(shop: Desk, text: str) -> None:
    folder = api.Folder(source="file0.yaml", path="./web", files={"Chart.yaml": text})
    with pytest.raises(Rejected, match="Base64"):
        shop.controller.apply(api.ApplyRequest(sources=desks.sources(CHART), folders=(folder,)), ACTOR)


@pytest.mark.parametrize("path", ["../outside", "/etc/passwd", "a/../../b"])
def test_file_of_a_folder_that_leads_out_of_it_is_refused(shop: Desk, path: str) -> None:
    with pytest.raises(Rejected, match="leads out"):
        shop.controller.apply(request(CHART, folders={"./charts/web": {path: b""}}), ACTOR)


def test_given_object_is_kept_with_the_revision(shop: Desk) -> None:
    shop.apply(REFERENCE, SETTINGS)
    before = shop.bundle()
    shop.apply(REFERENCE, SETTINGS.replace("info", "debug"))
    assert shop.bundle() != before
    shop.controller.rollback("default", "shop", None, ACTOR)
    assert shop.bundle() == before


def test_object_that_nobody_asks_for_is_refused_at_its_place(shop: Desk) -> None:
    with pytest.raises(InvalidSources) as error:
        shop.apply(REFERENCE, SETTINGS, SETTINGS.replace("ConfigMap", "Secret"))
    (problem,) = error.value.diagnostics
    assert (problem.reason, problem.source, problem.path) == (Reason.UNKNOWN_KIND, "file2.yaml", "kind")
    assert "no component asks for it" in problem.message


def test_object_that_is_not_given_is_missed_with_what_to_do(shop: Desk) -> None:
    with pytest.raises(InvalidSources) as error:
        shop.apply(REFERENCE)
    (problem,) = error.value.diagnostics
    assert (problem.reason, problem.path) == (Reason.NOT_FOUND, "spec.components[0].properties.objects[0]")
    assert "-f" in problem.hint


def test_what_nobody_names_any_more_leaves_the_store(shop: Desk) -> None:
    shop.apply(CHART)
    digest = codec.sha256(b"first")
    shop.controller.delete_application("default", "shop", force=True, actor=ACTOR)
    shop.upkeep.clean()
    with shop.store.reading() as tx:
        assert tx.materials.content(digest) is None


def test_dry_run_keeps_nothing(shop: Desk) -> None:
    shop.apply(CHART, dry_run=True)
    with shop.store.reading() as tx:
        assert tx.materials.content(codec.sha256(b"first")) is None


def test_source_is_named_alike_wherever_it_is_written() -> None:
    written = sources.of_chart("web", "https://charts.example.org/", "1.0.0")
    assert str(written) == "repository https://charts.example.org chart web version 1.0.0"
