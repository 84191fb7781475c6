"""Azure OpenAI: a model that the organisation has deployed in its own subscription, asked as the app's own identity."""

from shared.adapters.readers.azure_openai.reader import AzureOpenAI
from shared.adapters.readers.azure_openai.settings import Settings
from shared.adapters.registry import AdapterDeps
from shared.core.ports.outside import Reader

__all__ = ["Settings", "build"]


def build(settings: Settings, deps: AdapterDeps) -> Reader:
    return AzureOpenAI(settings, deps)
