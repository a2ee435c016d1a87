"""What a person asks of the demo, checked before anything is started."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pinnace_schemas.errors import Rejected
from pinnace_sim.demo import broker, contexts
from pinnace_sim.demo.broker import Given
from pinnace_sim.demo.cast import SITES
from pinnace_sim.demo.contexts import Context, Unusable
from pinnace_sim.demo.record import Exit

ENDS = (
    f"Ends with {Exit.OBSERVED:d} if all of it was observed, {Exit.NOT_OBSERVED:d} if not, {Exit.USAGE:d} if the"
    f" options, your clusters or your broker cannot be used, {Exit.PART_MISSING:d} if a program that it needs is"
    f" missing, {Exit.INTERRUPTED:d} after Ctrl-C."
)


@dataclass(frozen=True, slots=True)
class Options:
    """`contexts` are the clusters of the first sites; the other sites get one of their own, `is_real` a real one."""

    contexts: tuple[Context, ...] = ()
    broker: Given | None = None
    is_real: bool = False
    stays: bool = False
    svg: Path | None = None

    @property
    def leaves_traces(self) -> bool:
        """Whether something is used that is still there after the demo, so that it has to be left as it was."""
        return bool(self.contexts or self.broker)


def parse(arguments: Sequence[str] | None = None) -> Options:
    """Ends the program with 2 and a message where the arguments cannot be used."""
    parser = _parser()
    said = parser.parse_args(arguments)
    if said.real and said.kubeconfig:
        parser.error("--real and --kubeconfig exclude each other: the sites are either our clusters or yours")
    if said.broker_ca and not said.broker:
        parser.error("--broker-ca belongs to --broker")
    if said.broker_ca and not said.broker_ca.is_file():
        parser.error(f"--broker-ca {said.broker_ca}: there is no such file")
    if said.svg and not said.svg.absolute().parent.is_dir():
        parser.error(f"--svg {said.svg}: there is no such folder")
    try:
        found = contexts.read(said.kubeconfig)[: len(SITES)] if said.kubeconfig else ()
        named = broker.given(said.broker, said.broker_ca) if said.broker else None
    except (Unusable, Rejected) as refused:
        parser.error(str(refused))
    return Options(found, named, said.real, said.keep, said.svg)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pinnace-sim demo",
        description="Runs a controller, a broker and three sites, cuts one off, damages it, and shows that it heals.",
        epilog=ENDS,
    )
    parser.add_argument("--kubeconfig", metavar="FILE", help="sites in your clusters, one for each context")
    parser.add_argument("--broker", metavar="URL", help="your broker: mqtt[s]://[USER[:PASSWORD]@]HOST[:PORT]")
    parser.add_argument("--broker-ca", metavar="FILE", type=Path, help="CA of its certificate")
    parser.add_argument("--real", action="store_true", help="sites in real control planes (see: make controlplane)")
    parser.add_argument("--keep", action="store_true", help="leave all running until Ctrl-C, to look around")
    parser.add_argument("--svg", metavar="FILE", type=Path, help="write the last picture of the fleet to a file")
    return parser
