"""Who did what and when, as a page shows it; and how somebody's name is erased."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from shared.core import ids
from shared.core.errors import PermanentError
from shared.core.life.figures import visible
from shared.record.audit import Entry, insert_entry, is_cursor, newest_entries
from shared.record.people import KnownPerson, erase_person, everybody, people_of
from shared.usecases.deps import Deps
from shared.usecases.life.lines import every_line
from shared.usecases.people import meet, names_of

PAGE = 50
"""Acts of one page."""
MOST_MONTHS = 13
"""Months that one page looks into, where it looks for something: as many calls."""
_LONGEST = 200  # characters of what is looked for


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the audit somebody wants to see; empty for all of it.

    `subject`: a change, or what else was acted on. `who`: a person's object id, or the name under which a command was
    given. `what`: one kind of act. `cursor`: where the page begins.
    """

    subject: str = ""
    who: str = ""
    what: str = ""
    cursor: str = ""

    @property
    def equal(self) -> Mapping[str, str]:
        values = {"subject": self.subject, "who": self.who, "what": self.what}
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act as people read it: names in place of ids. `who_id`: by which one looks for more of the same person.

    `changes`: the changes that it is about.
    """

    entry: Entry
    who_id: str
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuditView:
    """A page of the audit, newest first. `cursor`: where the next one begins; empty behind the last act.

    `who`: the name of the person who is looked for. `complete`: whether the lists are built. Without them who may
    not see posts on data privacy sees nothing about changes.
    """

    entries: tuple[AuditEntry, ...]
    cursor: str
    who: str = ""
    complete: bool = True


def wanted(subject: str = "", who: str = "", what: str = "", cursor: str = "") -> Wanted:
    """What somebody asks for, of bounded length; a change by its id as people write it."""
    try:
        name = ids.normalise(subject) if subject else ""
    except PermanentError:
        name = subject[:_LONGEST]
    return Wanted(name, who[:_LONGEST], what[:_LONGEST], cursor if is_cursor(cursor) else "")


async def audit(deps: Deps, want: Wanted, *, privacy: bool) -> AuditView:
    """One page: two calls where nothing is looked for and the month has enough, and those of the lists.

    Whatever is about a post on data privacy, or about a change that no list has, is left out for who may not see it:
    nothing says how much that is.
    """
    months = MOST_MONTHS if want.equal else 0
    tables, now = deps.storage.tables, deps.here.clock()
    page = await newest_entries(tables, now, want.cursor, PAGE, want.equal or None, months)
    entries, complete = [(entry, changes_of_entry(entry)) for entry in page.entries], True
    if not privacy and any(changes for _, changes in entries):
        lines = await every_line(deps)
        complete = lines.mark is not None
        shown = {line.id for line in visible(lines.by_id.values(), privacy=False)}
        entries = [(entry, changes) for entry, changes in entries if shown.issuperset(changes)]
    people = (name for entry, _ in entries for name in (entry.who, entry.subject, str(entry.details.get("old", ""))))
    names = await names_of(deps, {want.who, *people})
    return AuditView(
        tuple(AuditEntry(_named(entry, names), entry.who, changes) for entry, changes in entries),
        page.cursor,
        names.get(want.who, want.who),
        complete,
    )


def changes_of_entry(entry: Entry) -> tuple[str, ...]:
    """The changes that an act is about, as far as it names them."""
    return ids.ids_in(f"{entry.subject} {entry.details.get('change', '')}")


def _named(entry: Entry, names: Mapping[str, str]) -> Entry:
    details = dict(entry.details)
    if isinstance(old := details.get("old"), str):
        details["old"] = names.get(old, old)
    return replace(
        entry, who=names.get(entry.who, entry.who), subject=names.get(entry.subject, entry.subject), details=details
    )


async def known_people(deps: Deps) -> list[KnownPerson]:
    """Everybody who has acted, by name: one call for each thousand."""
    return sorted(await everybody(deps.storage.tables), key=lambda person: (person.name.casefold(), person.id))


async def known_person(deps: Deps, person_id: str) -> KnownPerson | None:
    return (await people_of(deps.storage.tables, [person_id])).get(person_id) if person_id else None


async def erase(deps: Deps, person_id: str, by: KnownPerson) -> bool:
    """Forget somebody's name and address; False where nobody knows them. The audit stays whole, without the name.

    The audit says so before the row goes, so that no erasure is without a trace.
    """
    if await known_person(deps, person_id) is None:
        return False
    await meet(deps, by)
    await insert_entry(deps.storage.tables, Entry(deps.here.clock(), person_id, "erase", by.id, "page"))
    return await erase_person(deps.storage.tables, person_id)
