"""What a document lets its reader type is found, and what it prints is compared strictly."""

from pathlib import Path

import pytest
from tests.unit.docs import pages, showing

PAGE = """\
Type this:

<!-- test: repeat, ends with 1 -->
```sh
pinnace status shop
```

```text
NODE    LAST-SEEN
shop-1  3s ago
```

```yaml
a: 1
```

<!-- test: not run, k3s -->
```sh
k3s
```

It prints nothing of this:

```text
else
```
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.md"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_output_belongs_to_the_block_right_before_it(page: Path) -> None:
    first, second = pages.commands(page)
    assert (first.line, first.text, first.shown) == (5, "pinnace status shop", "NODE    LAST-SEEN\nshop-1  3s ago")
    assert (second.text, second.shown) == ("k3s", None)


def test_comment_says_how_a_block_is_run(page: Path) -> None:
    first, second = pages.commands(page)
    assert first.how == pages.How(code=1, is_repeated=True)
    assert second.how == pages.How(reason="k3s")


def test_comment_says_at_which_machine_a_block_is_typed(page: Path) -> None:
    page.write_text(PAGE.replace("repeat, ends with 1", "at the village"), encoding="utf-8")
    assert [block.how.machine for block in pages.commands(page)] == ["village", "hub"]


@pytest.mark.parametrize("words", ["not run", "not run, today", "repeatedly", "ends with error"])
def test_comment_that_says_nothing_known_is_refused(page: Path, words: str) -> None:
    page.write_text(PAGE.replace("repeat, ends with 1", words), encoding="utf-8")
    with pytest.raises(ValueError, match=r"page\.md:5"):
        pages.commands(page)


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("shop-1  3s ago", "shop-1   1m20s ago"),
        ("shop-1  3s ago  Converged", "shop-1  now     Converged"),
        ("at 2026-11-23T11:43:01Z", "at 2027-01-01T00:00:00Z"),
        ("web  10.96.2.198  80/TCP", "web  10.96.24.1   80/TCP"),
        ("first\n...\nlast", "first\nsecond\nthird\nlast"),
        ("first\n\nsecond", "first\nsecond\n"),
    ],
)
def test_what_differs_from_run_to_run_may_differ(shown: str, printed: str) -> None:
    assert showing.matches(shown, printed)


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("shop-1  Converged", "shop-1  Failed"),
        ("2/2", "1/2"),
        ("first", "first\nsecond"),
        ("first\nsecond", "first"),
        ("web  3s", "web"),
        ("a.c", "abc"),
    ],
)
def test_everything_else_has_to_be_the_same(shown: str, printed: str) -> None:
    assert not showing.matches(shown, printed)


@pytest.mark.parametrize("page", pages.PAGES, ids=[path.name for path in pages.PAGES])
def test_file_that_a_page_shows_is_the_file_that_is_there(page: Path) -> None:
    shown = pages.excerpts(page)
    assert shown == {name: (pages.ROOT / name).read_text(encoding="utf-8") for name in shown}
