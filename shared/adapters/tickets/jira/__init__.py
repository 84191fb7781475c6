"""Jira Cloud and Jira Service Management: an issue for each ticket, our key on it as a label (REST v3)."""

from shared.adapters.registry import AdapterDeps
from shared.adapters.tickets.jira.settings import Settings
from shared.adapters.tickets.jira.system import JiraSystem
from shared.core.ports.outside import TicketSystem

__all__ = ["Settings", "build"]


def build(settings: Settings, deps: AdapterDeps) -> TicketSystem:
    return JiraSystem(settings, deps)
