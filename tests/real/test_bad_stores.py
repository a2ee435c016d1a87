"""Stores that rot, vanish or fill the disk, at a real site: what runs goes on, the cloud is told, nothing is lost."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.real import sites
from tests.real.sites import DEADLINE_S, Site, World

from pinnace_sim.provision import Part, ProgramFailed, require
from pinnace_sim.provision.running import wait_until

pytestmark = pytest.mark.real

NODE = "site-a"
PAGE = 4096


def config_map(name: str, text: str = "") -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"text": text}}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    require(Part.CONTROLPLANE, Part.MOSQUITTO)
    folder = tmp_path_factory.mktemp("stores")
    with sites.world(folder, NODE) as started:
        started.controller.apply(sites.group("shops", NODE))
        sites.deliver(started, "steady", *(config_map(f"steady-{number}") for number in range(8)))
        started.await_verdict("steady", NODE, "Converged")
        yield started


def spoil_start(store: Path) -> None:
    with store.open("r+b") as file:
        file.write(os.urandom(PAGE))


def spoil_middle(store: Path) -> None:
    """All pages but the first: whatever they hold, some of it is in use."""
    with store.open("r+b") as file:
        file.seek(PAGE)
        file.write(os.urandom(store.stat().st_size - PAGE))


def remove(store: Path) -> None:
    for path in store.parent.glob(f"{store.name}*"):
        path.unlink()


def uids(site: Site) -> dict[str, str]:
    return {name: site.get("configmap", name)["metadata"]["uid"] for name in (f"steady-{n}" for n in range(4))}


@pytest.mark.parametrize("damage", [spoil_start, spoil_middle, remove])
def test_damaged_store_is_rebuilt_from_the_cluster_and_told(world: World, damage: Any) -> None:
    (site,) = world.sites
    before, journal = uids(site), world.controller.ask(f"/nodes/{NODE}")["journal"]
    told = len(world.entries(NODE, "StoreRebuilt"))
    deleted = f"steady-{4 + told}"
    site.edge.stop()
    damage(site.edge.data / "edge.db")
    site.edge.start()
    world.await_entry(NODE, "StoreRebuilt", "8 objects of 1 application", count=told + 1)
    world.await_entry(NODE, "Solved", "StoreDamaged", count=told + 1)
    world.await_verdict("steady", NODE, "Converged")
    site.plane.kubectl("delete", "configmap", deleted)
    sites.heal(site, "what it knows again is healed", lambda: site.has("configmap", deleted))
    assert uids(site) == before
    node = world.controller.ask(f"/nodes/{NODE}")
    assert node["journal"] != journal
    assert node["summary"]["problems"] == []
    numbers = [entry["seq"] for entry in world.entries(NODE) if entry["journal"] == node["journal"]]
    assert numbers == list(range(1, len(numbers) + 1))


def revisions(world: World) -> list[tuple[str, int, str]]:
    found = world.controller.ask("/applications")
    return [(item["name"], item["revision"], item["changed_at"]) for item in found]


@pytest.mark.parametrize("damage", [spoil_start, spoil_middle])
def test_damaged_store_of_the_controller_is_named_with_what_to_do(world: World, damage: Any) -> None:
    controller, (site,) = world.controller, world.sites
    backup = controller.folder / f"backup-{damage.__name__}.db"
    controller.cli("backup", str(backup))
    before, entries = revisions(world), world.entries(NODE)
    controller.stop()
    damage(controller.data / "controller.db")
    with pytest.raises(ProgramFailed, match="ended with 3") as caught:
        controller.restart()
    said = " ".join(str(caught.value).split())
    assert str(controller.data / "controller.db") in said
    assert "the store is damaged" in said
    assert "restore a backup to this path" in said
    remove(controller.data / "controller.db")
    shutil.copy(backup, controller.data / "controller.db")
    controller.restart()
    assert revisions(world) == before
    assert world.entries(NODE)[: len(entries)] == entries
    revision = sites.deliver(world, "restored", config_map("restored", damage.__name__))
    assert world.await_verdict("restored", NODE, "Converged")["revision"] == revision
    assert site.get("configmap", "restored")["data"] == {"text": damage.__name__}


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own, with what was in the folder."""
    kept = folder.with_name(folder.name + ".kept")
    folder.rename(kept)
    folder.mkdir(mode=0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", str(folder)], check=True)
    try:
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        shutil.rmtree(folder)
        kept.rename(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk takes root")
def test_full_disk_refuses_the_new_bundle_heals_what_runs_and_goes_on_with_space(world: World) -> None:
    (site,) = world.sites
    site.edge.stop()
    with small_disk(site.edge.data, "16m") as disk:
        try:
            fill_and_free(world, site, disk)
        finally:
            site.edge.stop()


def fill_and_free(world: World, site: Site, disk: Path) -> None:
    site.edge.start()
    wait_until(lambda: site.edge.status()["running"], "the daemon to run", DEADLINE_S)
    world.await_verdict("steady", NODE, "Converged")
    ballast = disk / "ballast"
    fill(ballast, leaving=64 * 1024)
    noise = os.urandom(300_000).hex()
    sites.deliver(world, "large", config_map("large", noise))
    problem = {"reason": "DiskFull"}
    wait_until(lambda: problem.items() <= problems(world).items(), "DiskFull to reach the cloud", DEADLINE_S)
    assert str(disk) in problems(world)["message"]
    assert not site.has("configmap", "large")
    site.plane.kubectl("delete", "configmap", "steady-7")
    sites.heal(site, "what runs is healed on a full disk", lambda: site.has("configmap", "steady-7"))
    assert world.verdict("steady", NODE)["phase"] in ("Converged", "Drifted")
    ballast.unlink()
    world.await_verdict("large", NODE, "Converged")
    assert site.get("configmap", "large")["data"] == {"text": noise}
    wait_until(lambda: not problems(world), "the problem to end", DEADLINE_S)


def problems(world: World) -> dict[str, Any]:
    """The node's one problem, if it has one."""
    found: list[dict[str, Any]] = world.controller.ask(f"/nodes/{NODE}")["summary"]["problems"]
    return found[0] if found else {}


def fill(ballast: Path, leaving: int) -> None:
    space = os.statvfs(ballast.parent)
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, space.f_bavail * space.f_frsize - leaving)
