"""Labels and names that Pinnace writes into clusters. One owner, so that what writes and what reads cannot differ."""

FIELD_MANAGER = "pinnace"
APPLICATION = "pinnace.dev/application"
NAMESPACE = "pinnace.dev/namespace"
GROUP = "pinnace.dev/group"
# Of objects that are not handled as usual, so that this is known also where the node's store is lost (`handling`).
PRUNE = "pinnace.dev/prune"
SHARED = "pinnace.dev/shared"
WRITTEN_AT_SITES = (APPLICATION, NAMESPACE, GROUP, PRUNE, SHARED)
# Of KubeVela, on each rendered object.
COMPONENT = "app.oam.dev/component"
ALLOW_PLAIN_SECRET = "pinnace.dev/allow-plain-secret"
ALLOW_EMPTY = "pinnace.dev/allow-empty"
