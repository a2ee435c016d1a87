"""The version that reports carry is that of the distribution, though the daemon does not ask for it at run time."""

import importlib.metadata

from pinnace_edge.version import __version__


def test_version_is_that_of_the_distribution() -> None:
    assert __version__ == importlib.metadata.version("pinnace")
