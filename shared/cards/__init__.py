"""Adaptive Cards, rendered from jinja2 templates made safe by construction."""
