"""One sentence for a controller that has no broker: what it stores is delivered later, and what it shows is old."""

from pinnace_cloud.cli import durations
from pinnace_cloud.cli.output import failures
from pinnace_schemas import api


def sentence(outage: api.Outage) -> str:
    """`the controller has had no broker for 3m: nothing is delivered until it is back (connection refused)`."""
    reason = f" ({outage.reason})" if outage.reason else ""
    since = durations.rough(outage.seconds)
    return f"the controller has had no broker for {since}: nothing is delivered until it is back{reason}"


def warn(outage: api.Outage | None) -> None:
    """One line on stderr; none where there is a link."""
    if outage is not None:
        failures.warn(sentence(outage))
