"""A message from queue to use case, and what becomes of it when that fails."""
