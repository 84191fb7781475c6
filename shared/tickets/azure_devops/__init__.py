"""Azure DevOps Boards: a work item for each ticket, our key on it as a tag (REST API 7.1)."""

from shared.adapter import Deps
from shared.tickets.azure_devops.settings import Settings
from shared.tickets.azure_devops.system import AzureDevOpsSystem

__all__ = ["Settings", "build"]


def build(settings: Settings, deps: Deps) -> AzureDevOpsSystem:
    return AzureDevOpsSystem(settings, deps)
