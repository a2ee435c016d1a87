"""The three patches that are not server-side apply: merge, JSON and strategic merge. Pure."""
