"""Trackers that others wrote, run for tests as they come."""
