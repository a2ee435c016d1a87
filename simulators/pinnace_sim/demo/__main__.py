"""`pinnace-sim demo`: the whole story, once. The exit code says whether all of it was observed."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from pinnace_cloud.cli.output import failures
from pinnace_sim.demo import broker, interrupts, options, run
from pinnace_sim.demo.record import Exit
from pinnace_sim.provision.errors import PartMissing


def main(arguments: Sequence[str] | None = None, locate: broker.Locate = broker.LOCATE) -> int:
    """Returns the exit code. An interrupt at any time ends everything that was started."""
    asked = options.parse(arguments)
    try:
        with interrupts.heeded():
            return run.run(asked, locate)
    except PartMissing as missing:
        failures.complain(str(missing))
        return Exit.PART_MISSING
    except KeyboardInterrupt:
        failures.complain("interrupted; everything that was started has ended")
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # The reader went away; what is still buffered has no way to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.NO_READER


if __name__ == "__main__":
    sys.exit(main())
