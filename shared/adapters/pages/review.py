"""The review: its agenda, and the parts of it that change while people work."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from shared.adapters.pages.answer import Result, Tells
from shared.adapters.pages.explain import name_of
from shared.adapters.pages.render import render
from shared.adapters.pages.settled import choice_words, shown_acts, value_words
from shared.core.changes.change import Change, EffectState
from shared.core.links import post_url
from shared.core.posts.classification import Window
from shared.core.posts.privacy import PRIVATE_TITLE, is_private
from shared.core.posts.summary import what_changes
from shared.core.review.act import Act
from shared.core.review.agenda import WEEKS, AgendaItem, ReviewAgenda, Scope
from shared.core.review.assessment import FieldView
from shared.core.review.typed import as_typed, choices
from shared.core.words import labels
from shared.core.words.answers import ANSWERS, DISPOSITIONS
from shared.core.words.dates import day
from shared.core.words.doubt import impact_words
from shared.core.words.particulars import groups
from shared.core.words.plan import to_do, when_lines

_REASONS = {"late": "Late", "new": "New", "edited": "Edited", "waiting": "No word yet"}
_TONES = {"late": "bad", "new": "info", "edited": "warn", "waiting": ""}
_LATER = (("in a week", 7), ("in two weeks", 14), ("in a month", 30))
_BEFORE_ACT_BY = 7  # days
_MOST_CHOICES = 9  # one for each digit
_MOST_ACTS = 5
_MOST_GROUPS = 4


class _Pane(Protocol):
    """What is needed of `ReviewPane`; a page knows no use case."""

    @property
    def record(self) -> "_Record": ...
    @property
    def answer(self) -> Tells | str: ...
    @property
    def team(self) -> str: ...
    @property
    def acts(self) -> Sequence[Act]: ...
    @property
    def item(self) -> AgendaItem | None: ...
    @property
    def ours(self) -> Sequence[Window]: ...


class _Record(Protocol):
    @property
    def change(self) -> Change: ...
    @property
    def states(self) -> Sequence[EffectState]: ...


class _View(Protocol):
    @property
    def agenda(self) -> ReviewAgenda: ...
    @property
    def teams(self) -> Sequence[str]: ...
    @property
    def names(self) -> Mapping[str, str]: ...
    @property
    def at(self) -> datetime: ...
    @property
    def complete(self) -> bool: ...


class _News(Protocol):
    @property
    def items(self) -> Sequence[AgendaItem]: ...
    @property
    def gone(self) -> Sequence[str]: ...
    @property
    def names(self) -> Mapping[str, str]: ...
    @property
    def at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class AgendaRow:
    """One change on the agenda, in words. `said`: what teams made of it and who says so."""

    item: AgendaItem
    reason: str
    tone: str
    due: str
    is_past: bool
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values of a field, in words; `press`: the digit that chooses it."""

    typed: str
    words: str
    press: str


@dataclass(frozen=True, slots=True)
class UnsureField:
    """A field that nobody should be told is so, with what can be said of it. `typed`: it is a day, which is typed."""

    name: str
    label: str
    value: str
    why: str
    choices: tuple[Choice, ...]
    typed: bool


def review_page(view: _View, scope: Scope, pane: _Pane | None, form: str, *, today: date, at: str = "") -> str:
    """The whole page. `pane`: the change that is shown beside the agenda; none of them while a script fetches it."""
    rows = [_row(item, view.names, today) for item in view.agenda.items]
    return render(
        "review.html.j2",
        title="Review",
        here="/api/review",
        view=view,
        scope=scope,
        rows=rows,
        weeks=WEEKS,
        at=at,
        **(_pane_values(pane, form, today, None) if pane else {"pane": None}),
    )


def pane_part(pane: _Pane, scope: Scope, form: str, *, today: date, result: Result | None = None) -> str:
    """One change, as the page shows it beside the agenda. `result`: why nothing was saved."""
    return render("review_pane.html.j2", scope=scope, **_pane_values(pane, form, today, result))


def row_part(
    item: AgendaItem | None, change_id: str, names: Mapping[str, str], scope: Scope, result: Result, *, today: date
) -> str:
    """What comes back once a word is saved: the row of the change, and what was saved in a sentence."""
    rows = [_row(item, names, today)] if item else []
    return render(
        "review_rows.html.j2",
        rows=rows,
        gone=[] if item else [change_id],
        scope=scope,
        saved=result,
        change_id=change_id,
    )


def news_part(news: _News, scope: Scope, at: str, who: str, *, today: date) -> str:
    """The rows that were changed, from when on to look next, and what others said of the change that is shown.

    `at`: the change that is shown; `who`: the person who looks.
    """
    rows = [_row(item, news.names, today) for item in news.items]
    others = next((tuple(_others(item, news.names, who)) for item in news.items if item.id == at), ())
    return render("review_rows.html.j2", rows=rows, gone=news.gone, scope=scope, since=news.at, others=others)


def _row(item: AgendaItem, names: Mapping[str, str], today: date) -> AgendaRow:
    due = item.due
    return AgendaRow(
        item,
        _REASONS[item.reason],
        _TONES[item.reason],
        day(due) if due else "",
        bool(due and due < today),
        tuple(_said(item, names)),
    )


def _said(item: AgendaItem, names: Mapping[str, str]) -> Iterator[str]:
    if item.line.closed:
        yield f"closed {day(item.line.closed.date())}"
    for word in item.words:
        if word.disposition:
            yield _with_name(DISPOSITIONS.get(word.disposition, word.disposition), word.by, names)
        elif word.owner:
            yield f"owned by {names.get(word.owner, word.owner)}"
    if item.is_done and item.line.asked and not item.words:
        yield f"again {day(max(asked.day for asked in item.line.asked))}"


def _with_name(words: str, who: str, names: Mapping[str, str]) -> str:
    return f"{words} ({names.get(who, who)})" if who else words


def _others(item: AgendaItem, names: Mapping[str, str], who: str) -> Iterator[str]:
    """What other people said of a change."""
    for word in item.words:
        if word.disposition and word.by not in {"", who}:
            said = DISPOSITIONS.get(word.disposition, word.disposition)
            yield f"{names.get(word.by, word.by)} said for {word.team}: {said}."
        elif word.owner not in {"", who}:
            yield f"{names.get(word.owner, word.owner)} owns it for {word.team}."
    if item.line.closed and item.line.closed_by != who:
        yield "It was closed."


def _pane_values(pane: _Pane, form: str, today: date, result: Result | None) -> dict[str, object]:
    change = pane.record.change
    post, reading = change.read(), change.classification
    answer = pane.answer if not isinstance(pane.answer, str) else None
    private = is_private(post)
    hidden = private and answer is None  # of it nothing is shown but that it is one
    filed = [state for state in pane.record.states if state.effect.kind == "ticket" and state.ticket.number]
    return {
        "pane": pane,
        "change": change,
        "private": private,
        "heading": PRIVATE_TITLE if private else post.title or change.id,
        "what": "" if private else what_changes(post),
        "to_do": "" if private else to_do(reading, today),
        "when": () if private else when_lines(reading, today, pane.ours),
        "kind": labels.KINDS.get(reading.kind, reading.kind),
        "admins": impact_words(reading, "admin_impact"),
        "users": impact_words(reading, "user_impact"),
        "reading": reading,
        "services": post.services,
        "groups": [] if private else groups(change.particulars)[:_MOST_GROUPS],
        "reason": _REASONS[pane.item.reason] if pane.item and not hidden else "",
        "tone": _TONES[pane.item.reason] if pane.item else "",
        "tickets": [] if hidden else filed,
        "post_url": post_url(change.id),
        "can": answer,
        "cannot": pane.answer if isinstance(pane.answer, str) else "",
        "words": ANSWERS,
        "others": [team for team in answer.others if team != pane.team] if answer else [],
        "unsure": []
        if private or answer is None
        else [_unsure(view, change) for view in _doubted(answer.fields, change)],
        "acts": [] if private else shown_acts(pane.acts)[:_MOST_ACTS],
        "days": _days(change, today),
        "first_day": today + timedelta(days=1),
        "form": form,
        "result": result,
    }


def _doubted(fields: Sequence[FieldView], change: Change) -> list[FieldView]:
    """The fields that are unsure and nobody settled, or that were settled for an earlier edition."""
    unsure = set(change.classification.unsure)
    return [view for view in fields if view.name in unsure and view.standing != "holds"]


def _unsure(view: FieldView, change: Change) -> UnsureField:
    as_read = as_typed(view.value)
    offered = choices(view.name)
    why = change.classification.why.get(view.name)
    if offered:
        listed = [(typed, choice_words(view.name, typed)) for typed in offered]
    else:
        listed = [(as_read, f"It is right: {value_words(view.name, view.value)}")]
        if view.name == "act_by" and as_read != "none":
            listed.append(("none", "There is no deadline"))
    return UnsureField(
        view.name,
        name_of(view.name),
        value_words(view.name, view.value),
        why.words if why else "",
        tuple(Choice(typed, words, str(number)) for number, (typed, words) in enumerate(listed[:_MOST_CHOICES], 1)),
        view.name == "act_by",
    )


def _days(change: Change, today: date) -> list[tuple[date, str, str]]:
    """Days of which somebody may want to be reminded, each in words, with the digit that chooses it."""
    days = [(today + timedelta(days=number), words) for words, number in _LATER]
    act_by = change.classification.act_by
    if act_by and (before := act_by - timedelta(days=_BEFORE_ACT_BY)) > today:
        days.append((before, "a week before its day to act by"))
    return [(each, f"{words}, {day(each)}", str(number)) for number, (each, words) in enumerate(days, 1)]
