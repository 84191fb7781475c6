"""The page that asks for an answer, and says what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Protocol

from shared.adapters.pages.explain import name_of
from shared.adapters.pages.render import render
from shared.core.cards.answers import CardLink
from shared.core.changes.change import Change
from shared.core.changes.lessons import Lesson
from shared.core.posts.classification import Window
from shared.core.posts.privacy import PRIVATE_TITLE
from shared.core.posts.summary import what_changes
from shared.core.review.answers import DECISIONS
from shared.core.review.assessment import FieldView
from shared.core.review.typed import as_typed
from shared.core.words.answers import ANSWERS
from shared.core.words.outcomes import LOAD_WORDS
from shared.core.words.outcomes import lesson as lesson_words
from shared.core.words.plan import to_do, when_lines

_LONGEST_VALUE = 80  # characters of a value in a list
_LATER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an answer. `over`: the fields of the form with which the person decides otherwise."""

    title: str
    tone: str = "good"
    lines: tuple[str, ...] = ()
    over: tuple[tuple[str, str], ...] = ()
    over_words: str = ""


def answer_page(
    view: "_View",
    token: str,
    form: str,
    *,
    as_of: date,
    chosen: str = "",
    result: Result | None = None,
    given: Mapping[str, str] = MappingProxyType({}),
    ours: Sequence[Window] = (),
) -> str:
    """The change in short, what is true of it, and the answers.

    `token`: the link's own, empty on the page; `form`: this form's own id; `chosen`: the answer whose button was
    pressed on the card; `given`: what the person filled in, where it must be corrected.
    """
    change = view.change
    post, classification = change.read(), change.classification
    shown = not view.is_private
    return render(
        "answer.html.j2",
        title=f"Answer to {change.id}",
        view=view,
        heading=(post.title or change.id) if shown else PRIVATE_TITLE,
        what=what_changes(post) if shown else "",
        to_do=to_do(classification, as_of) if shown else "",
        when=when_lines(classification, as_of, ours) if shown else (),
        token=token,
        form=form,
        chosen=chosen if chosen in ANSWERS else "",
        chosen_team=given.get("team", ""),
        decisions=DECISIONS,
        words=ANSWERS,
        result=result,
        loads=LOAD_WORDS,
        lessons=[lesson_words(each.words, each.change, each.load, each.day) for each in view.lessons],
        given={name: given.get(name, "") for name in ("field", "value", "words", "broke", "lesson")},
        fields=[(each.name, name_of(each.name), as_typed(each.value)[:_LONGEST_VALUE]) for each in view.fields],
        first_day=(as_of + timedelta(days=1)).isoformat(),
        proposed_day=(as_of + _LATER).isoformat(),
        counts_opening=bool(token) and result is None,
    )


class Asks(Protocol):
    """What a page needs of `AnswerView` to ask; a page knows no use case."""

    @property
    def teams(self) -> Sequence[str]: ...
    @property
    def others(self) -> Sequence[str]: ...
    @property
    def systems(self) -> Sequence[str]: ...
    @property
    def fields(self) -> Sequence[FieldView]: ...
    @property
    def settles(self) -> bool: ...


class Tells(Asks, Protocol):
    """The same, and what was answered before."""

    @property
    def lines(self) -> Sequence[str]: ...
    @property
    def is_private(self) -> bool: ...


class _View(Tells, Protocol):
    @property
    def change(self) -> Change: ...
    @property
    def card(self) -> CardLink | None: ...
    @property
    def lessons(self) -> Sequence[Lesson]: ...
