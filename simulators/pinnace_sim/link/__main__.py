"""`python -m pinnace_sim.link --to HOST:PORT`: a link to try things by hand. SIGUSR1 cuts it, SIGUSR2 restores it."""

import argparse
import signal
from collections.abc import Sequence

from pinnace_sim.link.link import Link
from pinnace_sim.link.shape import Shape

SIGNALS = (signal.SIGUSR1, signal.SIGUSR2, signal.SIGINT, signal.SIGTERM)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs until it is interrupted or terminated."""
    wanted = _parser().parse_args(arguments)
    host, port = wanted.to
    # Blocked before the link's thread starts, which inherits that: they wait for `sigwait`.
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    with Link.start(host, port, port=wanted.listen, shape=Shape(wanted.latency_ms / 1000, wanted.rate)) as link:
        print(f"{link.host}:{link.port} -> {host}:{port}; SIGUSR1 cuts, SIGUSR2 restores", flush=True)
        while (number := signal.sigwait(SIGNALS)) in (signal.SIGUSR1, signal.SIGUSR2):
            link.cut() if number == signal.SIGUSR1 else link.restore()
            print(f"{link.mode} {link.counts}", flush=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pinnace_sim.link", description="A TCP link that can be cut.")
    parser.add_argument("--listen", type=int, metavar="PORT", help="default: a free port")
    parser.add_argument("--to", type=_endpoint, required=True, metavar="HOST:PORT")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="each way")
    parser.add_argument("--rate", type=int, default=0, help="bytes per second each way; 0 is unlimited")
    return parser


def _endpoint(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is no HOST:PORT")
    return host, int(port)


if __name__ == "__main__":
    raise SystemExit(main())
