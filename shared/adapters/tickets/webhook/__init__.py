"""Any system behind a URL: signed messages (Standard Webhooks); what it answers and tells us is kept on our side.

There is no look-up, so a message that may have arrived is sent again under the same `webhook-id`: a receiver that keeps
to the standard takes it once.
"""

from shared.adapters.registry import AdapterDeps
from shared.adapters.tickets.webhook.settings import Settings
from shared.adapters.tickets.webhook.system import Webhook
from shared.core.ports.outside import TicketSystem

__all__ = ["REASSESSES", "Settings", "build"]

REASSESSES = True


def build(settings: Settings, deps: AdapterDeps) -> TicketSystem:
    return Webhook(settings, deps)
