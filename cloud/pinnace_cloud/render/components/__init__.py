"""The component types that come with Pinnace, and what their workloads have in common."""
