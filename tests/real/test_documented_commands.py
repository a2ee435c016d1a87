"""What the documents let their readers type does what they say: block by block, in one shell, on real parts."""

from pathlib import Path

import pytest
from tests.real import documented
from tests.unit.docs import pages
from tests.unit.docs.pages import ROOT

from pinnace_sim.provision import Part, require

pytestmark = pytest.mark.real


# Page -> the machines at which its commands are typed.
PAGES = {"README.md": ("hub",), "docs/tutorial.md": ("hub", "village"), "docs/faq.md": ("hub",)}


@pytest.mark.timeout(600)  # a minute or so each, and several of it where other programs run beside
@pytest.mark.parametrize("page", PAGES)
def test_page_does_what_it_says(page: str, tmp_path: Path) -> None:
    require(Part.CONTROLPLANE, Part.MOSQUITTO)
    with documented.world(tmp_path, *PAGES[page]) as world:
        for block in pages.commands(ROOT / page):
            if not block.how.reason:
                world.follow(block)
