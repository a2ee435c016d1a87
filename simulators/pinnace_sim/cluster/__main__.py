"""`python -m pinnace_sim.cluster --kubeconfig FILE`: a simulated cluster to try things by hand."""

import argparse
import signal
from collections.abc import Sequence
from pathlib import Path

from pinnace_schemas import errors
from pinnace_sim.cluster.embedded import EmbeddedKubeApi
from pinnace_sim.cluster.settings import ClusterSettings

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs until it is interrupted or terminated."""
    parser = _parser()
    wanted = parser.parse_args(arguments)
    try:
        return _run(wanted)
    except (OSError, OverflowError) as exc:
        parser.error(f"--port or --kubeconfig cannot be used: {errors.plain(exc)}")


def _run(wanted: argparse.Namespace) -> int:
    # Blocked before the server's thread starts, which inherits that: they wait for `sigwait`.
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    settings = ClusterSettings(unready_images=frozenset(wanted.unready_image))
    with EmbeddedKubeApi.start(port=wanted.port, settings=settings, seed=wanted.seed) as api:
        api.kubeconfig(wanted.kubeconfig)
        print(f"{api.url}, kubeconfig {wanted.kubeconfig}", flush=True)
        signal.sigwait(SIGNALS)
    return 0


def _parser() -> argparse.ArgumentParser:
    about = "A simulated cluster: its KubeAPI over HTTP, with controllers that make workloads ready."
    parser = argparse.ArgumentParser(prog="python -m pinnace_sim.cluster", description=about)
    parser.add_argument("--port", type=int, help="default: a free port")
    parser.add_argument(
        "--kubeconfig", type=Path, required=True, metavar="FILE", help="is written; the administrator's"
    )
    parser.add_argument("--seed", type=int, default=0, help="of names, addresses and delays")
    unready = "pods of images with this in their names never become ready (ImagePullBackOff); may be repeated"
    parser.add_argument("--unready-image", action="append", default=[], metavar="TEXT", help=unready)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
