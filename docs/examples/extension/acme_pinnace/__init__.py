"""The types that Acme's applications use."""
