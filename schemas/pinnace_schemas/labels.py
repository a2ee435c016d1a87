"""Labels and names that Pinnace writes into clusters. One owner, so that what writes and what reads cannot differ."""

FIELD_MANAGER = "pinnace"
APPLICATION = "pinnace.dev/application"
NAMESPACE = "pinnace.dev/namespace"
GROUP = "pinnace.dev/group"
ALLOW_PLAIN_SECRET = "pinnace.dev/allow-plain-secret"
ALLOW_EMPTY = "pinnace.dev/allow-empty"
