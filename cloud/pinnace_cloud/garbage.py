"""How often the collector of reference cycles looks around: seldom, in a process that makes hardly any.

A batch of reports makes tens of thousands of models and rows, without cycles, that live for a moment. With Python's own
threshold of 700 they are gone through dozens of times, which costs an intake some 20 us a report; memory that has no
cycle is given back at once in any case.
"""

import gc

# Tracked objects between two looks at the youngest: about what one batch of 512 reports makes, tens of MiB at the most.
_YOUNGEST = 50_000


def collect_seldom() -> None:
    """For the process of the controller, once at its start. What is there by then stays, and is never gone through."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNGEST, *gc.get_threshold()[1:])
