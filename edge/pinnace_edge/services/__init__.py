"""Steps of the daemon: each reads through ports, asks the rules, acts, and records. Owner thread only."""
