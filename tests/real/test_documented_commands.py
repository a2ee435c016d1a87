"""What the documents let their readers type does what they say: block by block, in one shell, on real parts."""

from pathlib import Path

import pytest
from tests.real import documented, installed
from tests.unit.docs import pages
from tests.unit.docs.pages import ROOT

from pinnace_sim.provision import Part, require

pytestmark = pytest.mark.real


# Page -> the machines at which its commands are typed.
PAGES = {
    "README.md": ("hub",),
    "docs/tutorial.md": ("hub", "village"),
    "docs/faq.md": ("hub",),
    "docs/operating.md": ("hub", "shop-1"),
}


def test_no_page_is_left_out() -> None:
    """A page with anything to type is in the list above, or says of each block why it is not run."""
    left = {str(page.relative_to(ROOT)) for page in pages.PAGES if any(not b.how.reason for b in pages.commands(page))}
    assert left == set(PAGES)


def test_paths_of_an_installation_are_those_of_the_test(tmp_path: Path) -> None:
    typed = "rm -rf /etc/pinnace /var/lib/x && install 'a' /root/b --shell /usr/sbin/nologin < deploy/mosquitto.acl"
    moved = f"rm -rf {tmp_path}/etc/pinnace {tmp_path}/var/lib/x && install 'a' {tmp_path}/root/b"
    assert installed.moved(typed, tmp_path) == f"{moved} --shell /usr/sbin/nologin < deploy/mosquitto.acl"


@pytest.mark.parametrize("typed", ["rm -rf -/etc/pinnace", "cp a$x/etc/b", "rm -r ./var/lib/x"])
def test_path_that_could_be_one_of_this_machine_is_refused(typed: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="touch the machine"):
        installed.moved(typed, tmp_path)


@pytest.mark.timeout(600)  # a minute or so each, and several of it where other programs run beside
@pytest.mark.parametrize("page", PAGES)
def test_page_does_what_it_says(page: str, tmp_path: Path) -> None:
    require(Part.CONTROLPLANE, Part.MOSQUITTO)
    with documented.world(tmp_path, *PAGES[page]) as world:
        for block in pages.commands(ROOT / page):
            if not block.how.reason:
                world.follow(block)
