"""Adapters: one outside system, file format or kind of page each; they know the record and core, not each other."""
