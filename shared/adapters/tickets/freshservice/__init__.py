"""Freshservice: a change for each ticket, our key in a custom field of its own (docs/tickets-freshservice.md)."""

from shared.adapters.registry import AdapterDeps
from shared.adapters.tickets.freshservice.settings import Settings
from shared.adapters.tickets.freshservice.system import Freshservice
from shared.core.ports.outside import TicketSystem

__all__ = ["REASSESSES", "Settings", "build"]

REASSESSES = True


def build(settings: Settings, deps: AdapterDeps) -> TicketSystem:
    return Freshservice(settings, deps)
