"""The edge daemon: receives, verifies, caches, applies, observes, heals and reports, with or without a network."""
