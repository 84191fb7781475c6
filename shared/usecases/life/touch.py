"""The lists are told, once a batch and after the record, what has been changed."""

import uuid
from collections.abc import Sequence

from shared.core.life.line import Line, overlaid
from shared.record.lists import insert_touched
from shared.usecases.apart import apart
from shared.usecases.deps import Deps


async def touch(deps: Deps, lines: Sequence[Line]) -> None:
    """One row for what a batch has changed; one call, none where nothing is.

    The record is written by then, and goes on: a failure is logged, and `mend` lists what it was about.
    """
    if not lines:
        return
    together = overlaid({}, lines)
    with apart(f"the lists are not told of {_some(list(together))}; they lack it until the night"):
        await insert_touched(deps.storage.tables, list(together.values()), deps.here.clock(), uuid.uuid4().hex[:12])


def _some(change_ids: Sequence[str]) -> str:
    more = len(change_ids) - 1
    return change_ids[0] + (f" and {more} more" if more else "")
