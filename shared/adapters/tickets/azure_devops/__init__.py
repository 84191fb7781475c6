"""Azure DevOps Boards: a work item for each ticket, our key on it as a tag (REST API 7.1)."""

from shared.adapters.registry import AdapterDeps
from shared.adapters.tickets.azure_devops.settings import Settings
from shared.adapters.tickets.azure_devops.system import AzureDevOpsSystem
from shared.core.ports.outside import TicketSystem

__all__ = ["Settings", "build"]


def build(settings: Settings, deps: AdapterDeps) -> TicketSystem:
    return AzureDevOpsSystem(settings, deps)
