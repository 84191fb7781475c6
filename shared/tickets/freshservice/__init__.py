"""Freshservice: a change for each ticket, our key in a custom field of its own (docs/tickets-freshservice.md)."""

from shared.adapter import Deps
from shared.tickets.freshservice.settings import Settings
from shared.tickets.freshservice.system import Freshservice

__all__ = ["Settings", "build"]


def build(settings: Settings, deps: Deps) -> Freshservice:
    return Freshservice(settings, deps)
