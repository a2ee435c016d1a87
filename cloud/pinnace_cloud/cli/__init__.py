"""The operators' command line: asks the controller over its HTTP API and shows the answer.

Answers go to stdout; errors, warnings, hints and progress to stderr. Exit codes are those of `exits.Exit`.
"""
