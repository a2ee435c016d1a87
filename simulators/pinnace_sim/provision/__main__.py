"""`python -m pinnace_sim.provision controlplane|brokers|faketime|programs|all`: builds or unpacks what is missing."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from pinnace_sim.provision import controlplane, faketime, installed, mosquitto, nats
from pinnace_sim.provision.errors import BuildFailed, PartMissing


def main(arguments: Sequence[str] | None = None) -> int:
    """Provide the asked parts and print where each is. Returns the exit code: 0, or 1 with the reason on stderr."""
    parser = argparse.ArgumentParser(prog="python -m pinnace_sim.provision", description=__doc__)
    parser.add_argument("parts", choices=["controlplane", "brokers", "faketime", "programs", "all"])
    asked = parser.parse_args(arguments).parts
    try:
        if asked in {"brokers", "all"}:
            print(f"mosquitto  {mosquitto.ensure().path}")
            print(f"nats       {nats.locate()}")
        if asked in {"controlplane", "all"}:
            print(f"apiserver  {controlplane.ensure().programs['kube-apiserver']}")
        if asked in {"faketime", "all"}:
            print(f"faketime   {faketime.ensure()}")
        if asked in {"programs", "all"}:
            for name in installed.PROGRAMS:
                print(f"{name:<10} {installed.ensure(name)}")
    except (PartMissing, BuildFailed) as failure:
        print(f"pinnace: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
