"""Real parts for tests and demos: where they are on this machine, how they get there, and what starts and ends them.

Nothing prebuilt is committed. `python -m pinnace_sim.provision` builds or unpacks what is missing into the cache
folder.
"""

from pinnace_sim.provision.errors import BuildFailed, PartMissing, ProgramFailed
from pinnace_sim.provision.require import Part, give_up, missing, require

__all__ = ["BuildFailed", "Part", "PartMissing", "ProgramFailed", "give_up", "missing", "require"]
