"""Tickets filed, followed and heard of."""
