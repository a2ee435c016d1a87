"""What all tests share: a closing line that names every real part that could not be had."""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Without CI a missing real part is a skip; it must not go unnoticed among the dots."""
    skipped = [report for report in terminalreporter.stats.get("skipped", ()) if "real" in report.keywords]
    reasons = {str(report.longrepr[2]).removeprefix("Skipped: ") for report in skipped if report.longrepr}
    for reason in sorted(reasons):
        terminalreporter.write_line(f"NOT RUN ON REAL PARTS: {reason}", yellow=True)
