"""The node's memory in one SQLite file. `opening.open_store` is for the daemon, `open_reader` for everyone else."""
