"""Items too large for a queue message: they travel as references to blobs in container `oversize`."""

import logging
from collections.abc import Mapping
from typing import Any

from shared.core.errors import TransientError
from shared.core.sources.batches import OVERSIZE, read_blob
from shared.usecases.deps import Deps

_LOG = logging.getLogger("foresignal.oversize")


async def put_aside(deps: Deps, body: Mapping[str, Any]) -> list[Any]:
    """The items that this message only refers to.

    Raises TransientError for a blob that is not there: it was written before the message was sent, so that storage is
    at fault; after a day the message is parked. PermanentError for a blob that holds no JSON.
    """
    items = []
    for name in body.get("blobs", []):
        blob = await deps.storage.blobs.get(OVERSIZE, str(name))
        if blob is None:
            raise TransientError(f"blob {OVERSIZE}/{name} is not there", 300)
        items.append(read_blob(blob))
    return items
