"""The workflow step types that come with Pinnace."""
