"""What people called unclear, for Microsoft: by post, with their words, and what was given already."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from shared.core import ids
from shared.core.posts.privacy import is_private
from shared.record.audit import Entry, entries_on, insert_entry
from shared.record.changes import changes_of
from shared.record.people import KnownPerson
from shared.usecases.deps import Deps
from shared.usecases.people import meet, names_of

_MOST = 200  # posts on the page, the newest ones


@dataclass(frozen=True, slots=True)
class Remark:
    """One person's words on a post."""

    at: datetime
    who: str
    words: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """One post that people called unclear. `given`: when it was last given to Microsoft; then `by` says who did."""

    change_id: str
    title: str
    remarks: tuple[Remark, ...]
    given: datetime | None = None
    by: str = ""

    @property
    def is_open(self) -> bool:
        """Whether somebody said something since it was given."""
        return self.given is None or any(remark.at > self.given for remark in self.remarks)


async def feedback(deps: Deps) -> list[Feedback]:
    """The posts that people called unclear in a year, those that are to be given first, then the newest.

    A call for each month, one for the names, and one for each partition that holds such a post. A post on data privacy
    is left out.
    """
    entries = await entries_on(deps.storage.tables, "feedback", deps.here.clock())
    by_change: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_change[entry.subject].append(entry)
    chosen = list(by_change)[:_MOST]
    names = await names_of(deps, {entry.who for change_id in chosen for entry in by_change[change_id]})
    titles = await _titles(deps, chosen)
    listed = [
        _of(change_id, titles[change_id], by_change[change_id], names) for change_id in chosen if change_id in titles
    ]
    return sorted((each for each in listed if each.remarks), key=lambda each: not each.is_open)


async def give(deps: Deps, change_id: str, person: KnownPerson, form: str) -> None:
    """Mark the remarks on a post as given to Microsoft."""
    await meet(deps, person)
    entry = Entry(deps.here.clock(), ids.normalise(change_id), "given", person.id, "page", form, {}, "feedback")
    await insert_entry(deps.storage.tables, entry)


def _of(change_id: str, title: str, entries: list[Entry], names: dict[str, str]) -> Feedback:
    remarks = tuple(
        Remark(entry.at, names.get(entry.who, entry.who), str(entry.details.get("words", "")))
        for entry in entries
        if entry.what == "unclear"
    )
    given = next((entry for entry in entries if entry.what == "given"), None)
    return Feedback(
        change_id, title, remarks, given.at if given else None, names.get(given.who, given.who) if given else ""
    )


async def _titles(deps: Deps, change_ids: list[str]) -> dict[str, str]:
    by_partition: dict[str, list[str]] = defaultdict(list)
    for change_id in change_ids:
        by_partition[ids.partition(change_id)].append(change_id)
    titles = {}
    for partition, some in by_partition.items():
        for change_id, record in (await changes_of(deps.storage.tables, partition, some)).items():
            post = record.change.read()
            if not is_private(post):
                titles[change_id] = post.title
    return titles
