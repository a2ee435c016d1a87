"""`pinnace-sim link --to HOST:PORT`: a link to try things by hand. It takes orders on standard input and by signals."""

import argparse
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from typing import TextIO

from pinnace_sim.link import orders
from pinnace_sim.link.link import Link
from pinnace_sim.link.orders import Order, Word
from pinnace_sim.link.shape import Shape

SIGNALS = (signal.SIGUSR1, signal.SIGUSR2, signal.SIGINT, signal.SIGTERM)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs until it is interrupted or terminated."""
    wanted = _parser().parse_args(arguments)
    host, port = wanted.to
    # Blocked before the link's thread starts, which inherits that: they wait for `sigwait`.
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    shape = Shape(wanted.latency_ms / orders.MILLISECONDS, wanted.rate)
    with Link.start(host, port, port=wanted.listen, shape=shape) as link:
        print(f"{link.host}:{link.port} -> {host}:{port}; SIGUSR1 cuts, SIGUSR2 restores; {orders.HELP}", flush=True)
        threading.Thread(target=_listen, args=(link, sys.stdin), name="orders", daemon=True).start()
        while (number := signal.sigwait(SIGNALS)) in (signal.SIGUSR1, signal.SIGUSR2):
            obey(link, Order(Word.CUT if number == signal.SIGUSR1 else Word.UP))
    return 0


def obey(link: Link, order: Order) -> None:
    """Does it, and prints how the link is then."""
    acts: dict[Word, Callable[[], None]] = {
        Word.UP: link.restore,
        Word.CUT: link.cut,
        Word.BLACK_HOLE: link.black_hole,
        Word.HALF_CLOSE: link.half_close,
        Word.RESET: link.reset,
    }
    acts.get(order.word, lambda: link.reshape(orders.reshaped(link.shape, order)))()
    print(f"{link.mode} {link.shape} {link.counts} connections={link.connections}", flush=True)


def _listen(link: Link, lines: TextIO) -> None:
    for line in lines:
        try:
            obey(link, orders.parse(line))
        except ValueError as refused:
            print(refused, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    about = "A TCP link that can be delayed, throttled, cut, half-closed and black-holed."
    parser = argparse.ArgumentParser(prog="pinnace-sim link", description=about, epilog=f"Orders: {orders.HELP}")
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
