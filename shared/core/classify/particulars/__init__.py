"""Reads the particulars of a post: one file for each, and `read.py` for all. Pure; never raises."""
