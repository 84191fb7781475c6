"""A change from opened to closed, brought about."""
