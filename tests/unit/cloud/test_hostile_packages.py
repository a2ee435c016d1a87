"""Packages that somebody has made to do harm: they name what is elsewhere, never end, or are no tree of files."""

import gzip
import json
import tarfile

import pytest
from tests.unit.cloud.archives import archive, link

from pinnace_cloud.materials import overlays, packages, value_schemas
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason

ADDRESS = "http://127.0.0.1:8080/metrics"
GENERATOR = f"{{apiVersion: builtin, kind: ConfigMapGenerator, metadata: {{name: x}}, files: ['{ADDRESS}']}}"


@pytest.mark.parametrize(
    "text",
    [
        f"configMapGenerator: [{{name: x, files: ['{ADDRESS}']}}]",
        f"configMapGenerator: [{{name: x, files: ['key={ADDRESS}']}}]",
        f"configMapGenerator: [{{name: x, envs: ['{ADDRESS}']}}]",
        f"secretGenerator: [{{name: x, env: 'HTTP{ADDRESS[4:]}'}}]",
        f"patches: [{{path: '{ADDRESS}'}}]",
        f"replacements: [{{path: '{ADDRESS}'}}]",
        f"openapi: {{path: '{ADDRESS}'}}",
        "generators: [made.yaml]",
        "transformers: [../site/made.yaml]",
        f'generators: ["{GENERATOR}"]',
        "generators: [folder]",
        f"CONFIGMAPGENERATOR: [{{NAME: x, FILES: ['{ADDRESS}']}}]",
        f"secretGenerator: [{{name: x, env\u017f: ['{ADDRESS}']}}]",
        f"Resources: ['{ADDRESS}']",
        "Generators: [made.yaml]",
        f"resources: [a.yaml]\nresources: ['{ADDRESS}']",
    ],
)
def test_kustomization_that_asks_an_address_is_refused(text: str) -> None:
    files = {"site/kustomization.yaml": text.encode(), "site/made.yaml": GENERATOR.encode(), "site/folder/x": b""}
    assert len(list(overlays.outward(files))) >= 1


@pytest.mark.parametrize(
    "text",
    [
        "configMapGenerator: [{name: x, literals: ['URL=http://localhost'], files: [a=b.txt]}]",
        "commonAnnotations: {docs: 'https://example.org'}",
        "transformers: [plain.yaml]",
        "resources: 5",
        "generators: ['{apiVersion: builtin, kind: ConfigMapGenerator, metadata: {name: x}, files: [a]}']",
    ],
)
def test_addresses_that_nobody_asks_are_left_alone(text: str) -> None:
    files = {"kustomization.yaml": text.encode(), "plain.yaml": b"apiVersion: builtin\nkind: LabelTransformer\n"}
    assert list(overlays.outward(files)) == []


@pytest.mark.parametrize("word", ["$ref", "$dynamicRef", "$schema"])
@pytest.mark.parametrize("place", ["http://127.0.0.1/x", "file:///etc/shadow", "../../../etc/shadow", "/etc/shadow"])
def test_schema_of_values_that_reads_something_else_is_found(word: str, place: str) -> None:
    schema = json.dumps({"properties": {"a": {word: place}}}).encode()
    for path in ("values.schema.json", "shop/charts/sub/values.schema.json", "charts/sub.tgz:sub/values.schema.json"):
        (problem,) = value_schemas.outward([(path, schema)])
        assert problem.startswith(f"{path}: '{word}' names '{place}'")


def test_schema_of_values_that_speaks_of_itself_is_left_alone() -> None:
    schema = {"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"$ref": {"$ref": "#/definitions/a"}}}
    assert list(value_schemas.outward([("values.schema.json", json.dumps(schema).encode())])) == []


@pytest.mark.parametrize("data", [b"{", b"\xff", b"[" * 100_000], ids=["cut", "bytes", "deep"])
def test_schema_of_values_that_cannot_be_read_is_refused(data: bytes) -> None:
    assert list(value_schemas.outward([("values.schema.json", data)]))


def test_charts_within_a_chart_are_opened_and_counted() -> None:
    inner = archive({"sub/values.schema.json": b"{}"})
    outer = archive({"mid/charts/sub.tgz": inner, "mid/a": b""})
    names = [path for path, _ in packages.opened({"charts/mid.tgz": outer, "charts/none.tgz": b"no archive"}, "it")]
    assert names[-1] == "charts/mid.tgz:mid/charts/sub.tgz:sub/values.schema.json"
    assert len(names) == 5
    with pytest.raises(Rejected, match=r"charts/a\.tgz: 'link' is no plain file"):
        list(packages.opened({"charts/a.tgz": archive({}, link("link", "/etc/shadow"))}, "it"))
    many = {f"charts/{number}.tgz": inner for number in range(packages.MAX_PACKED + 1)}
    with pytest.raises(Rejected, match="packed charts"):
        list(packages.opened(many, "it"))


def _header(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0) -> bytes:
    member = tarfile.TarInfo(name)
    member.type, member.size = kind, size
    return member.tobuf(tarfile.GNU_FORMAT)


def _said(text: bytes) -> bytes:
    """An extended header with these records."""
    return _header("x", tarfile.XHDTYPE, len(text)) + text.ljust(tarfile.BLOCKSIZE, b"\0")


@pytest.mark.parametrize(
    "blocks",
    [
        _header("first") + _said(b"14 size=-1536\n") + _header("again"),
        _header("x", tarfile.XHDTYPE) * 5000 + _header("a"),
        _header("x", tarfile.XGLTYPE) * 5000 + _header("a"),
        _header("x", tarfile.GNUTYPE_LONGNAME) * 5000 + _header("a"),
    ],
    ids=["turns back", "nested headers", "nested globals", "nested names"],
)
def test_archive_that_never_ends_is_refused(blocks: bytes) -> None:
    with pytest.raises(Rejected) as error:
        packages.unpack(gzip.compress(blocks + bytes(2 * tarfile.BLOCKSIZE)), "it")
    assert error.value.reason is Reason.MALFORMED


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a": b"", "a/b": b""}, "'a' is a file and a folder"),
        ({"a" * 256: b""}, "longer than"),
        ({"a/" * 600 + "b": b""}, "longer than"),
    ],
)
def test_files_that_no_folder_can_hold_are_refused(files: dict[str, bytes], said: str) -> None:
    with pytest.raises(Rejected, match=said):
        packages.unpack(packages.pack(files), "it")


def test_package_of_endless_depth_is_refused() -> None:
    with pytest.raises(Rejected):
        packages.unpack(b"[" * 200_000, "it")
