"""A sandbox Freshservice."""
