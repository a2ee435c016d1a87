"""Real and virtual worlds for tests and demonstrations. Cloud and edge never import it."""
