"""The values of host.json that the sandbox's host obeys, with Azure's defaults for what it leaves out."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sandbox.errors import SandboxError
from sandbox.host.options import ROOT


@dataclass(frozen=True, slots=True)
class HostJson:
    """Seconds where nothing else is said. `retry_delay` is `visibilityTimeout`: the wait between two tries."""

    batch_size: int = 16
    new_batch_threshold: int = 8
    max_dequeue_count: int = 5
    retry_delay: float = 0.0
    base64: bool = True
    route_prefix: str = "api"
    function_timeout: float = 1800.0


def read(file: Path = ROOT / "host.json") -> HostJson:
    """host.json; SandboxError where it cannot be read."""
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        extensions = values.get("extensions", {})
        return _options(values, extensions.get("queues", {}), extensions.get("http", {}))
    except (OSError, ValueError, AttributeError) as error:
        raise SandboxError(f"{file}: {error}") from error


def _options(values: dict[str, Any], queues: dict[str, Any], http: dict[str, Any]) -> HostJson:
    size = int(queues.get("batchSize", 16))
    return HostJson(
        batch_size=size,
        new_batch_threshold=int(queues.get("newBatchThreshold", size // 2)),
        max_dequeue_count=int(queues.get("maxDequeueCount", 5)),
        retry_delay=_seconds(queues.get("visibilityTimeout", "00:00:00")),
        base64=queues.get("messageEncoding", "base64") == "base64",
        route_prefix=str(http.get("routePrefix", "api")).strip("/"),
        function_timeout=_seconds(values.get("functionTimeout", "00:30:00")),
    )


def _seconds(timespan: str) -> float:
    """A .NET time span, [d.]hh:mm:ss."""
    head, *clock = timespan.split(":")
    days, _, hours = head.rpartition(".")
    minutes, seconds = (int(part) for part in clock)
    return timedelta(days=int(days or 0), hours=int(hours), minutes=minutes, seconds=seconds).total_seconds()
