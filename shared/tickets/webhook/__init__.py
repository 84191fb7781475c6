"""Any system behind an address: signed messages as Standard Webhooks has them, and what came back kept on our side."""

from shared.adapter import Deps
from shared.tickets.webhook.settings import Settings
from shared.tickets.webhook.system import WebhookSystem

__all__ = ["Settings", "build"]


def build(settings: Settings, deps: Deps) -> WebhookSystem:
    return WebhookSystem(settings, deps)
