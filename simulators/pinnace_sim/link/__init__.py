"""A TCP link between two programs that a test or a demo can cut, slow down and restore."""

from pinnace_sim.link.link import Link
from pinnace_sim.link.shape import Counts, Mode, Shape

__all__ = ["Counts", "Link", "Mode", "Shape"]
