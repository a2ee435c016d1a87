"""The pure pieces of provisioning: versions, keys, flags, package names, and what a test does without a part."""

from __future__ import annotations

from pathlib import Path

import pytest

from pinnace_sim.provision import Part, PartMissing, controlplane, golang, missing, mosquitto, require
from pinnace_sim.provision.require import is_ci

GO_MOD = "module x\n\nrequire (\n\tk8s.io/kubernetes v1.36.3\n\tsigs.k8s.io/kwok v0.8.0\n)\n"
FILES = {
    "go.mod": GO_MOD.encode(),
    "go.sum": b"main",
    "kine/go.mod": b"module y\n\nrequire github.com/k3s-io/kine v0.17.5\n",
    "kine/go.sum": b"kine",
}


def test_key_names_the_versions_and_the_machine() -> None:
    key = controlplane.cache_key(FILES, "linux-x86_64")
    assert key.startswith("kubernetes-v1.36.3_kine-v0.17.5_kwok-v0.8.0_linux-x86_64_")


@pytest.mark.parametrize("name", sorted(FILES))
def test_any_change_of_a_module_file_changes_the_key(name: str) -> None:
    changed = FILES | {name: FILES[name] + b"\n"}
    assert controlplane.cache_key(changed, "m") != controlplane.cache_key(FILES, "m")


def test_requirement_that_is_absent_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"k8s\.io/other"):
        controlplane.required_version(GO_MOD, "k8s.io/other")


def test_committed_modules_pin_every_staging_module_to_the_same_release() -> None:
    text = (controlplane.SOURCES / "go.mod").read_text()
    replaced = [line.split() for line in text.splitlines() if "=>" in line]
    assert len(replaced) == 33
    assert all(words[0] == words[2] and words[3] == "v0.36.3" for words in replaced)
    assert controlplane.required_version(text, controlplane.KUBERNETES) == "v1.36.3"


def test_version_flags_name_the_release_for_servers_and_clients() -> None:
    flags = controlplane.version_flags("v1.36.3")
    assert "-X k8s.io/component-base/version.gitVersion=v1.36.3" in flags
    assert "-X k8s.io/client-go/pkg/version.gitMinor=36" in flags


def test_assets_folder_comes_before_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kubectl").touch(mode=0o755)
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(tmp_path))
    assert controlplane.locate_program("kubectl") == tmp_path / "kubectl"


def test_missing_program_is_named_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINNACE_CACHE", str(tmp_path))
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)
    with pytest.raises(PartMissing, match=r"kube-apiserver is missing.*make controlplane"):
        controlplane.locate()


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("go version go1.26.8 linux/amd64", (1, 26, 8)),
        ("go version go1.27 linux/amd64", (1, 27, 0)),
        ("go version go1.27rc1 linux/amd64", (1, 27, 0)),
        ("gccgo 12", None),
    ],
)
def test_go_version_is_read_from_its_output(text: str, version: golang.Version | None) -> None:
    assert golang.parse_version(text) == version


def test_go_runs_without_cgo_and_fetches_no_toolchain() -> None:
    environment = golang.environment({"GOFLAGS": "-mod=mod", "HOME": "/h"})
    assert environment["HOME"] == "/h"
    assert (environment["CGO_ENABLED"], environment["GOFLAGS"]) == ("0", "-mod=readonly")
    assert environment["GOTOOLCHAIN"] == "local"


@pytest.mark.parametrize(
    ("soname", "package"),
    [
        ("libcjson.so.1", "libcjson1"),
        ("libdlt.so.2", "libdlt2"),
        ("libfoo2.so.3", "libfoo2-3"),
        ("libBar_x.so.1", "libbar-x1"),
    ],
)
def test_library_package_follows_debians_rule(soname: str, package: str) -> None:
    assert mosquitto.library_package(soname) == package


def test_libraries_that_ldd_did_not_find_are_listed() -> None:
    output = "\tlibc.so.6 => /lib/libc.so.6 (0x1)\n\tlibdlt.so.2 => not found\n\tlibwrap.so.0 => not found\n"
    assert mosquitto.missing_libraries(output) == ("libdlt.so.2", "libwrap.so.0")


@pytest.fixture
def empty_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINNACE_CACHE", str(tmp_path))
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)


@pytest.mark.usefixtures("empty_machine")
def test_missing_part_skips_outside_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="make controlplane"):
        require(Part.CONTROLPLANE)


@pytest.mark.usefixtures("empty_machine")
def test_missing_part_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="make controlplane"):
        require(Part.CONTROLPLANE)


def test_nothing_required_is_never_missing() -> None:
    assert missing() is None


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("1", True), ("", False), ("false", False)])
def test_ci_is_told_by_its_variable(value: str, expected: bool) -> None:
    assert is_ci({"CI": value}) is expected
