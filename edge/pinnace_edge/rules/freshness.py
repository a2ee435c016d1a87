"""When signed metadata is too old to activate anything new. What runs goes on, whatever the date."""

from datetime import datetime, timedelta

# How long after its date metadata may still be activated: a week of clock error, or of a controller that is down.
EXPIRY_GRACE = timedelta(days=7)


def is_expired(expires_at: datetime, now: datetime) -> bool:
    """`now` is already raised to the time floor."""
    return now - expires_at >= EXPIRY_GRACE
