"""Calendar feeds: made and revoked by people, read by calendar programs that show their token."""

import re

from shared.core.life.feed import Event, Feed, FeedsView, events_of
from shared.record.audit import Entry, insert_entry
from shared.record.feeds import feed_of, feeds, insert_feed, key_of, note_read, revoke_feed
from shared.record.people import KnownPerson
from shared.usecases.deps import Deps
from shared.usecases.life.lines import live_lines
from shared.usecases.pages.board import choices
from shared.usecases.pages.calendar import fitting
from shared.usecases.people import meet, names_of

MOST_OF_ONE = 10
"""Feeds that one person has at a time."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


async def feeds_view(deps: Deps, who: str, *, everybody: bool) -> FeedsView:
    """`everybody`: the feeds of all people, and not of this one alone. At most 3 calls."""
    policy = await deps.here.policy.current()
    listed = [feed for feed in await feeds(deps.storage.tables) if everybody or feed.who == who]
    names = await names_of(deps, {feed.who for feed in listed})
    return FeedsView(tuple(listed), names, choices(policy.teams, ""), choices(policy.workloads, ""))


async def make_feed(deps: Deps, person: KnownPerson, token: str, team: str = "", workload: str = "") -> str:
    """A feed of one's own; empty, or why there is none. `token`: a new one, which is shown once and never kept."""
    policy, tables, now = await deps.here.policy.current(), deps.storage.tables, deps.here.clock()
    if (team and team not in policy.teams) or (workload and workload not in policy.workloads):
        return "The policy has no such team or workload."
    if sum(feed.who == person.id for feed in await feeds(tables)) >= MOST_OF_ONE:
        return f"You have {MOST_OF_ONE} feeds: revoke one that nobody reads any more."
    await meet(deps, person)
    feed = Feed(key_of(token), person.id, now, team, workload)
    await insert_feed(tables, feed)
    await insert_entry(tables, Entry(now, _subject(feed), "feed made", person.id, "page", details=_details(feed)))
    return ""


async def revoke(deps: Deps, person: KnownPerson, key: str, *, anybodys: bool) -> bool:
    """Revoke a feed; False where there is none of theirs. `anybodys`: they may revoke those of other people, too."""
    now = deps.here.clock()
    feed = await revoke_feed(deps.storage.tables, key, now, "" if anybodys else person.id)
    if feed is None:
        return False
    at = feed.revoked or now
    await meet(deps, person)
    act = Entry(at, _subject(feed), "feed revoked", person.id, "page", details=_details(feed))
    await insert_entry(deps.storage.tables, act)
    return True


async def read_events(deps: Deps, token: str) -> tuple[Feed, list[Event]] | None:
    """What a program gets that shows a token; None where no feed has it. At most 7 calls; what is no token costs none.

    No post on data privacy is in it, whoever made it.
    """
    record = await feed_of(deps.storage.tables, token) if _TOKEN.fullmatch(token) else None
    if record is None:
        return None
    policy, lines, today = await deps.here.policy.current(), await live_lines(deps), deps.here.clock().date()
    await note_read(deps.storage.tables, record, today)
    shown = [line for line in lines.by_id.values() if not line.private]
    return record.feed, events_of(fitting(shown, record.feed.team, record.feed.workload), policy, today)


def _subject(feed: Feed) -> str:
    return f"feed {feed.key[:12]}"


def _details(feed: Feed) -> dict[str, str]:
    return {"made by": feed.who, "team": feed.team, "workload": feed.workload}
