"""Text that knows nothing of changes."""
