"""The program `pinnace-sim`: hands over to one of its commands, or names the extra that is not installed."""

import importlib
import sys
from collections.abc import Sequence

# Command -> the module that runs it, and what it does. Loaded when asked for: each needs other libraries.
COMMANDS = {
    "demo": ("pinnace_sim.demo.__main__", "the main job on real processes, told and proven step by step"),
    "cluster": ("pinnace_sim.cluster.__main__", "an embedded KubeAPI"),
    "link": ("pinnace_sim.link.__main__", "a TCP link that can be delayed, throttled, cut and black-holed"),
    "provision": ("pinnace_sim.provision.__main__", "the real parts that tests use"),
}
USAGE = 2
INTERRUPTED = 130  # as a shell has it


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code of the command."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    command = words[0] if words else ""
    if command in {"-h", "--help"}:
        print(help_text())
        return 0
    if command not in COMMANDS:
        wrong = f"{command!r} is no command" if words else "which command?"
        print(f"error: {wrong}\n{help_text()}", file=sys.stderr)
        return USAGE
    return _run(COMMANDS[command][0], words[1:])


def help_text() -> str:
    """Every command with what it does."""
    lines = [f"  {name:<10}  {about}" for name, (_, about) in COMMANDS.items()]
    return "\n".join(["usage: pinnace-sim COMMAND [OPTIONS]; pinnace-sim COMMAND --help shows its options", *lines])


def _run(module: str, arguments: list[str]) -> int:
    try:
        return int(importlib.import_module(module).main(arguments))
    except KeyboardInterrupt:  # while its libraries are loaded; later a command sees to it itself
        print("error: interrupted", file=sys.stderr)
        return INTERRUPTED
    except ModuleNotFoundError as exc:
        if (exc.name or "").startswith("pinnace"):
            raise
        print(f"error: this command needs '{exc.name}': pip install 'pinnace[demo]'", file=sys.stderr)
        return USAGE


if __name__ == "__main__":
    sys.exit(main())
