"""Cards on their way to channels."""
