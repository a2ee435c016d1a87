"""What all tests share: a closing line that names real parts that could not be had, and examples without a clock."""

import pytest
from hypothesis import HealthCheck, settings

# Of the profile that is in force, such as the one for CI. How long an example takes is no matter of a test.
settings.register_profile("untimed", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Without CI a missing real part is a skip; it must not go unnoticed among the dots."""
    skipped = [report for report in terminalreporter.stats.get("skipped", ()) if "real" in report.keywords]
    reasons = {str(report.longrepr[2]).removeprefix("Skipped: ") for report in skipped if report.longrepr}
    for reason in sorted(reasons):
        terminalreporter.write_line(f"NOT RUN ON REAL PARTS: {reason}", yellow=True)
