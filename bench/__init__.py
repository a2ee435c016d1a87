"""Benchmarks: each prints what Pinnace takes next to a floor or a peer that was measured in the same run."""
