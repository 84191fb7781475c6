"""People by their object ids: who acts is remembered, and names stand in place of ids where people read them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from shared.core import ids
from shared.core.changes.change import Change, EffectState
from shared.core.changes.settled import with_names
from shared.record.people import KnownPerson, keep_person, people_of
from shared.usecases.deps import Deps

HERE = "here"
"""Whoever sits at the machine of a sandbox."""
SOMEBODY = "somebody"
"""A person whom nobody knows any more."""


async def meet(deps: Deps, person: KnownPerson, others: Iterable[str] = ()) -> dict[str, str]:
    """Remember who acts, and give the names of these people: one call, two where the person is new or has changed."""
    tables = deps.storage.tables
    known = await people_of(tables, {person.id, *_ids(others)})
    if known.get(person.id) != person:
        await keep_person(tables, person, known=person.id in known)
    return {**_named(others, known), person.id: person.name}


async def names_of(deps: Deps, who: Iterable[str]) -> dict[str, str]:
    """The names of people by their ids: one call where there is any id, else none. Other words are names already."""
    ids = _ids(who)
    return _named(ids, await people_of(deps.storage.tables, ids)) if ids else {}


def nameless(who: Iterable[str]) -> dict[str, str]:
    """Somebody in place of each id, where nobody is to be named."""
    return _named(who, {})


def with_people(change: Change, names: Mapping[str, str]) -> Change:
    """The change as people read it, with names; it is for showing, never for storing."""
    if not names:
        return change
    closed = change.closed and replace(change.closed, by=names.get(change.closed.by, change.closed.by))
    return replace(change, assessment=with_names(change.assessment, names), closed=closed)


def deciders(states: Iterable[EffectState]) -> set[str]:
    """Who decided on tickets: ids of people of the built-in register, and names as other systems have them."""
    return {state.ticket.decided_by for state in states if state.ticket.decided_by}


def with_decider(state: EffectState, names: Mapping[str, str]) -> EffectState:
    """The effect as people read it, with the name of who decided on its ticket; for showing, never for storing."""
    by = state.ticket.decided_by
    return replace(state, ticket=replace(state.ticket, decided_by=names[by])) if by in names else state


def _ids(who: Iterable[str]) -> set[str]:
    return {each for each in who if each == HERE or ids.is_of_entra(each)}


def _named(who: Iterable[str], known: Mapping[str, KnownPerson]) -> dict[str, str]:
    return {id_: known[id_].name if id_ in known else SOMEBODY for id_ in _ids(who)}
