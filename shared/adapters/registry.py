"""How a ticket system or channel is found and built: the file's name is the `kind`, nothing else to register."""

import pkgutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any

from shared.core.errors import PermanentError
from shared.core.ports.deployment import Clock, Secrets
from shared.core.ports.storage import Tables

if TYPE_CHECKING:  # settings are checked by whoever reads the policy, and calls are made by few
    from shared.adapters.clients.http import Http


@dataclass(frozen=True, slots=True)
class AdapterDeps:
    """What an adapter may use. `name` is its name in the policy, for errors; `deployment` goes into ticket keys.

    `token`: a token of our own identity for a scope ("https://x.example/.default"), and the host that it is sent to.
    """

    name: str
    http: "Http"
    secrets: Secrets
    clock: Clock
    tables: Tables
    deployment: str
    public_url: str
    token: Callable[[str, str], Awaitable[str]]


def kinds(folder: str) -> tuple[str, ...]:
    """The kinds of `tickets` or `channels` there are."""
    spec = find_spec(f"shared.adapters.{folder}")
    places = list(spec.submodule_search_locations or ()) if spec else []
    return tuple(sorted(module.name for module in pkgutil.iter_modules(places)))


def module(folder: str, kind: str) -> ModuleType:
    """The adapter's module: `Settings` (pydantic) and `build(settings, deps)`."""
    names = kinds(folder)
    if kind not in names:
        raise PermanentError(f"unknown kind {kind!r} (known: {', '.join(names)})")
    return import_module(f"shared.adapters.{folder}.{kind}")


def build(folder: str, kind: str, settings: Mapping[str, Any], deps: AdapterDeps) -> Any:
    """The adapter, its settings validated; `check` has said the same before, with the path."""
    adapter = module(folder, kind)
    return adapter.build(adapter.Settings.model_validate(settings), deps)
