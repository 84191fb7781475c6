"""Nightly repairs."""
