"""What an Azure Functions app consists of, read from its bindings through the azure-functions library."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from sandbox.errors import SandboxError

STORAGE = "AzureWebJobsStorage"


@dataclass(frozen=True, slots=True)
class Function:
    """One function: its name, what is called, and by which argument name it takes its trigger."""

    name: str
    call: Callable[..., Any]
    argument: str


@dataclass(frozen=True, slots=True)
class TimerFunction(Function):
    """Runs by the clock; `schedule` is NCRONTAB with seconds."""

    schedule: str
    run_on_startup: bool


@dataclass(frozen=True, slots=True)
class QueueFunction(Function):
    """Runs for every message of a queue."""

    queue: str


@dataclass(frozen=True, slots=True)
class HttpFunction(Function):
    """Answers requests; `route` is an Azure route template, no methods means all."""

    route: str
    methods: tuple[str, ...]

    def paths(self, prefix: str) -> Iterator[str]:
        """The route as aiohttp writes it; `{id?}` at the end makes two, and where it is never anything, one."""
        route = "/" + "/".join(part for part in (prefix, self.route) if part)
        if not route.endswith(":maxlength(0)?}"):
            yield _aiohttp_path(route.replace("?}", "}"))
        if route.endswith("?}"):
            yield _aiohttp_path(route[: route.rindex("/{")] or "/")


def load(app: str) -> list[Function]:
    """The functions of `module:attribute`. Once a process: the library refuses a second time."""
    module, _, attribute = app.partition(":")
    functions = getattr(import_module(module), attribute or "app").get_functions()
    return [_function(function) for function in functions]


def _function(registered: Any) -> Function:
    name, call, trigger = registered.get_function_name(), registered.get_user_function(), registered.get_trigger()
    binding = trigger.get_dict_repr()
    kind, argument = binding["type"], binding["name"]
    outputs = [other.type for other in registered.get_bindings() if other is not trigger and other.type != "http"]
    if outputs:
        # output bindings send only after the function has returned; our functions send before they record
        raise SandboxError(f"function {name}: the sandbox runs no bindings beside the trigger ({', '.join(outputs)})")
    if kind == "timerTrigger":
        return TimerFunction(name, call, argument, binding["schedule"], bool(binding.get("runOnStartup")))
    if kind == "httpTrigger":
        methods = tuple(str(getattr(method, "value", method)).upper() for method in binding.get("methods") or ())
        return HttpFunction(name, call, argument, str(binding["route"]).strip("/"), methods)
    if kind == "queueTrigger":
        if binding["connection"] != STORAGE:
            raise SandboxError(f"function {name}: the sandbox has one storage, {STORAGE}, not {binding['connection']}")
        return QueueFunction(name, call, argument, binding["queueName"])
    raise SandboxError(f"function {name}: the sandbox knows timers, queues and HTTP, not {kind}")


def _aiohttp_path(route: str) -> str:
    """`{*rest}` takes slashes too, `{id:int}` digits; other constraints are left to the function."""

    def parameter(match: re.Match[str]) -> str:
        name, constraint = match["name"], match["constraint"]
        if match["star"]:
            return f"{{{name}:.*}}"
        return f"{{{name}:[0-9]+}}" if constraint in {"int", "long"} else f"{{{name}}}"

    return re.sub(r"\{(?P<star>\*?)(?P<name>\w+)(?::(?P<constraint>[^}]*))?\}", parameter, route)
