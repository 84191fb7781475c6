"""Pages of the review: full of changes with odd titles, one of them beside the agenda, and none at all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from shared.adapters.pages.review import review_page
from shared.core.changes.change import Change, EffectState
from shared.core.life.line import Line, part_of
from shared.core.posts.classification import FIELD_NAMES
from shared.core.review.act import Act
from shared.core.review.agenda import ReviewAgenda, Scope, item_of, review_agenda
from shared.core.review.assessment import field_views
from shared.usecases.pages.answer import NO_TEAM, AnswerView

NOW = datetime(2026, 9, 16, 12, 0, tzinfo=UTC)
NAMES = {"0f8e": "Ana Torres", "7c": "Ben <b>Ito</b>"}
TITLES = (
    "Retirement of the old viewer",
    "<script>alert(1)</script> & a very " + "long" * 40,
    "שינוי חשוב במרכז ההודעות",
    "",
)


def ago(**days: float) -> str:
    return (NOW - timedelta(**days)).isoformat()


def lines() -> list[Line]:
    found = []
    for number in range(40):
        values = {
            "title": TITLES[number % len(TITLES)],
            "team": "messaging", "teams": ("messaging", "workplace")[: 1 + number % 2],
            "first_seen": ago(days=number / 2), "decided": ago(days=number / 2), "modified": ago(days=3),
            "revision": 1 + number % 3, "planned": True, "last_day": "2026-12-01",
            "act_by": "2026-09-10" if number % 7 == 0 else "2026-11-03", "plan_end": "2026-12-01",
        }  # fmt: skip
        said = {
            "at": ago(hours=2),
            "words": (("messaging", "0f8e", "", "", ago(hours=2)), ("workplace", "", "no_impact", "7c", ago(hours=1))),
        }
        parts = [part_of("change", "1", values)] + ([part_of("people", "00000001", said)] if number % 4 == 1 else [])
        found.append(Line(f"MC{1200000 + number}", tuple(parts)))
    return found


def view(agenda: ReviewAgenda) -> Any:
    return SimpleNamespace(agenda=agenda, teams=("messaging", "workplace"), names=NAMES, at=NOW, complete=True)


def pane(change: Change, effects: list[EffectState], acts: tuple[Act, ...], *, reader: bool = False) -> Any:
    """The change as a review shows it, every field of it unsure."""
    why = {name: replace(change.classification.why[name], confidence=0.3) for name in change.classification.why}
    views = [each for each in field_views(change) if each.name in FIELD_NAMES]
    doubted = replace(change.editions[-1].facts.classification, why=why) if change.editions[-1].facts else None
    assert doubted is not None
    facts = replace(change.editions[-1].facts, classification=doubted)
    unsure = replace(change, editions=(*change.editions[:-1], replace(change.editions[-1], facts=facts)), _read=None)
    answer = AnswerView(
        unsure, None, ("messaging: owned by Ana Torres (3 May)",), ("messaging", "workplace"), ("devices", "workplace"),
        ("crb",), tuple(views), settles=True, is_private=False,
    )  # fmt: skip
    record = SimpleNamespace(change=unsure, states=effects)
    shown = NO_TEAM if reader else answer
    return SimpleNamespace(
        record=record, answer=shown, team="messaging", acts=acts, item=item_of(lines()[0], NOW), ours=()
    )


def pages(change: Change, effects: list[EffectState], acts: tuple[Act, ...]) -> dict[str, str]:
    agenda, today, form = review_agenda(lines(), NOW, 4), NOW.date(), "f" * 32
    scope = Scope(4)
    shown = pane(change, effects, acts)
    return {
        "review": review_page(view(agenda), scope, shown, form, today=today, at=change.id),
        "review-reader": review_page(view(agenda), scope, pane(change, effects, acts, reader=True), form, today=today),
        "review-empty": review_page(view(ReviewAgenda(())), Scope(1, "workplace"), None, form, today=today),
    }
