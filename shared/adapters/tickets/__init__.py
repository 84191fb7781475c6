"""Ticket systems: one a file; the file name is the `kind` in the policy."""
