"""Redmine: an issue for each ticket, our key in a custom field that can be filtered by (REST API, from Redmine 4.2)."""

from shared.adapters.registry import AdapterDeps
from shared.adapters.tickets.redmine.settings import Settings
from shared.adapters.tickets.redmine.system import RedmineSystem
from shared.core.ports.outside import TicketSystem

__all__ = ["Settings", "build"]


def build(settings: Settings, deps: AdapterDeps) -> TicketSystem:
    return RedmineSystem(settings, deps)
