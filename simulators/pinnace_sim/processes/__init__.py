"""The programs of Pinnace as separate processes, started with the command lines that their users would type."""

from pinnace_sim.processes.controller import Controller
from pinnace_sim.processes.edge import Edge, EdgeOptions

__all__ = ["Controller", "Edge", "EdgeOptions"]
