"""The policy types that come with Pinnace."""
