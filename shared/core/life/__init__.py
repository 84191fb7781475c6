"""A change from opened to closed."""
