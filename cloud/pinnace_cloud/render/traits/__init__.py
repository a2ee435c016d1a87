"""The trait types that come with Pinnace."""
