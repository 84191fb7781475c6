"""What was seen so far, as it lies in storage: every edition of every change, for a backtest."""

from collections import defaultdict
from datetime import datetime

from shared.core.backtest.play import Version
from shared.core.posts.post import read_post
from shared.record import changes
from shared.usecases.deps import Deps


async def past(deps: Deps, since: datetime | None = None) -> list[list[Version]]:
    """The versions of every change of which something was seen since then; of those, everything from the beginning."""
    found: dict[str, list[Version]] = defaultdict(list)
    async for row in deps.tables.scan(changes.TABLE, low="e|", high=f"e|{changes.END}"):
        raw, (observed, tenant) = changes.read_edition(row), changes.edition_seen(row)
        found[read_post(raw).id].append(Version(observed, raw, tenant))
    return [
        versions for versions in found.values() if since is None or any(each.observed >= since for each in versions)
    ]
