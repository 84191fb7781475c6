"""The policy as people write, check, push and keep it."""
