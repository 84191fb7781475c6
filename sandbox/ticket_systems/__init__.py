"""Ticket systems of the sandbox: servers that behave as the vendors' own do."""
