"""`python -m bench [NAME ...]`: measures, prints a table, and writes `bench/results.json`.

Ends with 1 where a goal is missed or a benchmark could not run, after all the others have run.
"""

import argparse
import importlib
import json
import pkgutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from bench import suite
from bench.row import Row
from pinnace_sim.provision.errors import PartMissing

RESULTS = Path(__file__).with_name("results.json")
_COLUMNS = "{:<44} {:>12} {:<10} {:>12} {:>8}  {:<9} {}"


def main() -> int:
    names = [module.name for module in pkgutil.iter_modules(suite.__path__)]
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"all, or some of: {', '.join(names)}")
    wanted = parser.parse_args().names or names
    if unknown := [name for name in wanted if name not in names]:
        parser.error(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(names)}")
    print(_COLUMNS.format("name", "value", "unit", "reference", "ratio", "goal", "holds"), flush=True)
    missing: list[str] = []
    rows = list(_measured(wanted, missing))
    RESULTS.write_text(json.dumps([_as_json(row) for row in rows], indent=1) + "\n")
    for line in missing:
        print(f"not run: {line}", file=sys.stderr)
    return 1 if missing or not all(row.holds for row in rows) else 0


def _measured(names: Iterable[str], missing: list[str]) -> Iterator[Row]:
    for name in names:
        module = importlib.import_module(f"{suite.__name__}.{name}")
        try:
            for row in module.measure():
                print(_line(row), flush=True)
                yield row
        except PartMissing as exc:
            missing.append(f"{name}: {exc}")


def _line(row: Row) -> str:
    reference = "-" if row.reference is None else f"{row.reference:.4g}"
    ratio = "-" if row.ratio is None else f"{row.ratio:.3g}"
    holds = "yes" if row.holds else "NO"
    return _COLUMNS.format(row.name, f"{row.value:.4g}", row.unit, reference, ratio, str(row.goal), holds)


def _as_json(row: Row) -> dict[str, object]:
    return {
        "name": row.name,
        "value": row.value,
        "unit": row.unit,
        "reference": row.reference,
        "ratio": row.ratio,
        "goal": str(row.goal),
        "holds": row.holds,
        "about": row.about,
    }


if __name__ == "__main__":
    sys.exit(main())
