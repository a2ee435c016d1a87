"""The program `pinnace`: hands over to the command line, or names the extra that is not installed."""

import sys


def main() -> None:
    """Ends the process with one of the documented exit codes."""
    try:
        from pinnace_cloud.cli import app
    except ModuleNotFoundError as exc:
        if (exc.name or "").startswith("pinnace"):
            raise
        sys.stderr.write(f"error: the command line needs '{exc.name}': pip install 'pinnace[cli]'\n")
        sys.exit(2)
    sys.exit(app.run())


if __name__ == "__main__":
    main()
