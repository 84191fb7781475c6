"""What a form of answers asks for, handed to the use case that does it; and what became of it, in words."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

import azure.functions as func

from functions.pages.respond import message
from functions.pages.who import Person

if TYPE_CHECKING:
    from shared.adapters.pages.answer import Result
    from shared.app import App
    from shared.core.cards.answers import CardLink, LinkFault
    from shared.core.review.answers import Note
    from shared.usecases.review.decide import Answered, Speaker

_FORM = re.compile(r"[0-9a-f]{32}")
_LATEST = timedelta(days=366 * 2)


async def give(
    app: "App", who: Person, card: "CardLink | None", change_id: str, fields: Mapping[str, str]
) -> "tuple[Answered | None, Result] | func.HttpResponse":
    """Do what the form says, once; what became of it, or a page that says why nothing was done.

    Without an `Answered` something in the form cannot be, and the form is shown again.
    """
    from shared.adapters.pages.answer import Result
    from shared.core.cards.answers import LinkFault
    from shared.core.errors import PermanentError
    from shared.core.review.roles import is_reviewer, sees_privacy
    from shared.record.people import KnownPerson
    from shared.usecases.review.decide import Speaker

    team = "" if card else fields.get("team", "")
    if card is None and (closed := await _closed(app, who, team)):
        return closed
    speaker = Speaker(
        KnownPerson(who.id, who.name, who.address), team, card, sees_privacy(who.roles), is_reviewer(who.roles)
    )
    try:
        done = await _done(app, ids_of(change_id), speaker, who, fields)
    except PermanentError as error:
        words = str(error)
        return None, Result("That cannot be", "bad", (f"{words[:1].upper()}{words[1:]}.", "Nothing was done."))
    if done is None:
        return message("Not found", f"There is no change {change_id} here.", 404)
    if done == LinkFault.PRIVATE:
        return message("You cannot answer here", f"{done} Nothing was done.", 403)
    if isinstance(done, LinkFault):
        return message("This link is no good", f"{done} Nothing was done.", 403)
    return done, in_words(done, who, fields)


def ids_of(text: str) -> str:
    from shared.core import ids

    return ids.normalise(text)


async def _done(
    app: "App", change_id: str, speaker: "Speaker", who: Person, fields: Mapping[str, str]
) -> "Answered | LinkFault | None":
    from shared.core.errors import PermanentError
    from shared.core.review.answers import DECISIONS, NOTES, OF_THE_CHANGE
    from shared.core.review.typed import field_named, typed_value
    from shared.usecases.review.decide import answer, close_or_open, wrong_reading

    asked, words, form = fields.get("a", ""), fields.get("words", ""), fields.get("f", "")
    if not _FORM.fullmatch(form):
        raise PermanentError("this form is not one of ours; open the page again")
    for whole in OF_THE_CHANGE:
        if asked == whole and speaker.card:
            raise PermanentError("a change is closed, and opened again, on its page; a card is one team's")
        if asked == whole:
            return await close_or_open(app.deps, change_id, whole, speaker, words)
    for decision in DECISIONS:
        if asked == decision:
            to = fields.get("to", "") if decision == "wrong_team" else ""
            over, system = fields.get("over") == "yes", fields.get("system", "")
            return await answer(app.deps, change_id, decision, speaker, words, to=to, system=system, over=over)
    for said in NOTES:
        if asked == said:
            return await _noted(app, change_id, said, speaker, fields)
    if asked != "wrong":
        raise PermanentError("this form names no answer that we know; open the page again")
    name, typed = field_named(fields.get("field", "")), fields.get("value", "")
    wanted = {name: typed_value(name, typed)}
    return await wrong_reading(app.deps, change_id, wanted, speaker, who.roles, typed, words, form)


async def _noted(
    app: "App", change_id: str, said: "Note", speaker: "Speaker", fields: Mapping[str, str]
) -> "Answered | LinkFault | None":
    from shared.core.errors import PermanentError
    from shared.usecases.review.decide import note

    if said == "outcome":
        load, lesson, broke = (fields.get(name, "") for name in ("load", "lesson", "broke"))
        return await note(app.deps, change_id, said, speaker, lesson, fields["f"], load, broke=broke)
    words = fields.get("words", "")
    if said != "remind" and not words:
        raise PermanentError("nothing is written in the form; say it in your own words")
    day = _day(fields.get("day", ""), app.deps.here.clock().date()) if said == "remind" else ""
    return await note(app.deps, change_id, said, speaker, words, fields["f"], day)


def _day(text: str, today: date) -> str:
    from shared.core.errors import PermanentError

    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not today < day <= today + _LATEST:
        raise PermanentError("the day of a reminder is a day such as 2026-05-31, after today and within two years")
    return day.isoformat()


async def _closed(app: "App", who: Person, team: str) -> func.HttpResponse | None:
    """Why somebody without a card cannot answer for the team; None where they can."""
    from shared.core.review.roles import may_answer, teams_of
    from shared.usecases.pages.answer import NO_TEAM

    policy = await app.deps.here.policy.current()
    if team in policy.teams and may_answer(who.roles, teams_of(policy, who.address), team):
        return None
    return message("You cannot answer here", f"{NO_TEAM} Nothing was done.", 403)


def in_words(done: "Answered", who: Person, fields: Mapping[str, str]) -> "Result":
    """What became of the answer, as the page says it."""
    from shared.adapters.pages.answer import Result
    from shared.core.words import answers as words

    asked = fields.get("a", "")
    before, names = done.before, done.names
    if done.kind == "refused":
        title = "Nothing to do" if asked in {"close", "reopen"} else "The policy refuses that"
        return Result(title, "bad", (f"{done.why[:1].upper()}{done.why[1:]}.", "Nothing was done."))
    if asked == "wrong":
        return _settled(done)
    if done.kind == "again":
        at = f" at {words.moment(before.at)}" if before else ""
        return Result(f"As you said{at}", "good", ("Nothing changes.",))
    if done.kind == "other" and before:
        said = words.did(before.what, names.get(before.by, before.by), done.team, before.at, before.new)
        kept = tuple((name, fields[name]) for name in ("a", "team", "to", "system", "words") if fields.get(name))
        return Result(
            "Somebody else was faster", "", (said, "Nothing was done."), kept,
            "Take it over" if asked == "own" else f"I say: {words.ANSWERS.get(asked, asked)}",
        )  # fmt: skip
    said_before: tuple[str, ...] = ()
    if before and before.by != who.id:
        said_before = (f"{names.get(before.by, before.by)} said otherwise before. Both names are kept.",)
    return Result(_THANKS.get(asked, "Thank you"), "good", (*_FOLLOWS.get(asked, ()), *said_before))


def _settled(done: "Answered") -> "Result":
    from shared.adapters.pages.answer import Result

    settling = done.settling
    if settling is None:
        if done.kind == "again":
            return Result("You proposed that before", "good", ("Nothing changes.",))
        return Result(
            "It is kept as a proposal", "good", ("A reviewer or the team's owner sees it on the change page.",)
        )
    if settling.lost:
        by = ", ".join(done.names.get(act.before.by, act.before.by) for act in settling.lost if act.before)
        return Result(
            "Somebody else was faster", "", (f"{by or 'Somebody'} settled it in this moment.", "Nothing was done.")
        )
    if done.kind == "again":
        return Result("That is what counts already", "good", ("Nothing changes.",))
    return Result("It counts from now on", "good", ("Routes, tickets, cards and pages go by your word.",))


_THANKS: Mapping[str, str] = {
    "own": "You own it",
    "impact": "You said that it has an impact",
    "no_impact": "You said that it has no impact",
    "done": "You said that all of it is done",
    "close": "The change is closed",
    "reopen": "The change is open again",
    "board": "It goes to the board",
    "wrong_team": "It is the other team's now",
    "remind": "You will be reminded",
    "unclear": "It is on the list for Microsoft",
    "comment": "It is kept",
    "outcome": "Thank you, it is kept",
}
_FOLLOWS: Mapping[str, tuple[str, ...]] = {
    "board": ("The ticket is filed within a minute; the change page has its number.",),
    "wrong_team": ("They get a card within a minute.",),
    "no_impact": ("It says nothing of other teams.",),
    "done": ("It says nothing of other teams.",),
    "outcome": ("It stands on the change, and the lesson where the same service changes next.",),
    "reopen": ("It stays open until a ticket, a task, an answer or somebody on this page closes it anew.",),
}
