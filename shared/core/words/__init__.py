"""Our words for people."""
