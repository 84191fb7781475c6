"""Foresignal: the library behind the functions, in layers (docs/architecture.md)."""
