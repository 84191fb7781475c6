"""ServiceNow: a change request for each ticket, our key in its `correlation_id`.

Created through the Change Management API, which follows the instance's change models (or the Table API where that is
chosen); read and kept true through the Table API, which is the same record (docs/tickets-servicenow.md).
"""

from shared.adapters.registry import AdapterDeps
from shared.adapters.tickets.servicenow.settings import Settings
from shared.adapters.tickets.servicenow.system import ServiceNow
from shared.core.ports.outside import TicketSystem

__all__ = ["REASSESSES", "Settings", "build"]

REASSESSES = True


def build(settings: Settings, deps: AdapterDeps) -> TicketSystem:
    return ServiceNow(settings, deps)
