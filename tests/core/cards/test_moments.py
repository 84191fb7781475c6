"""Cards that no edition causes, and cards for a channel that knows the change."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import pytest

from shared.adapters.cards import adaptive
from shared.adapters.cards.adaptive import render
from shared.adapters.cards.email import mail_of
from shared.core.cards.card import change_card
from shared.core.cards.decided import decision_of
from shared.core.cards.happened import why_not_sent
from shared.core.cards.occasions import Occasion, act_by_due
from shared.core.changes.change import Closing, TicketState
from shared.core.changes.lessons import Lesson
from shared.core.changes.reasons import ImpactReason, SilenceReason
from shared.core.changes.settled import Asked, Assessment
from shared.core.posts.classification import UNSURE_BELOW, Why
from shared.core.words.language import speaking
from tests.adapters.cards.changes import (
    PUBLIC,
    TODAY,
    a_change,
    a_policy,
    a_state,
    a_ticket_state,
    an_effect,
    at,
    classified,
)
from tests.adapters.cards.checks import texts

BY = date(2026, 12, 14)
SEVEN = datetime(2026, 12, 7, 7, tzinfo=UTC)


def card(occasion="", as_of=TODAY, found=None, events=(), ticket=None, known=True):
    effect = replace(an_effect(events), occasion=occasion)
    return change_card(a_change(found, events), a_state(effect), a_policy(), PUBLIC, ticket, as_of=as_of, known=known)


@pytest.mark.parametrize(
    ("occasion", "as_of", "headline"),
    [
        ("act-7", date(2026, 12, 7), "Act by 14 December 2026: 7 days left"),
        ("act-7", date(2026, 12, 9), "Act by 14 December 2026: 5 days left"),
        ("act-2", date(2026, 12, 13), "Act by 14 December 2026: 1 day left"),
        ("act-0", date(2026, 12, 14), "Act today: 14 December 2026 is the last day"),
        ("overdue", date(2026, 12, 15), "The day to act by was 14 December 2026, 1 day ago"),
        ("overdue", date(2026, 12, 17), "The day to act by was 14 December 2026, 3 days ago"),
    ],
)
def test_a_deadline_is_counted_on_the_day_on_which_the_card_goes_out(occasion, as_of, headline):
    assert card(f"{occasion}@2026-12-14", as_of).headline == headline


def test_a_card_of_a_deadline_says_what_to_do_and_nothing_that_the_channel_knows():
    near = card("act-2@2026-12-14", date(2026, 12, 12))

    assert (near.tone, near.to_do, near.mention) == (
        "act",
        "Action required by 14 December 2026",
        "ana@contoso.example",
    )
    assert near.steps
    assert near.people
    assert (near.what, near.when, near.moved, near.kind) == ("", (), (), "")


def test_only_a_deadline_that_is_near_mentions_somebody_which_notifies_them():
    assert card("act-7@2026-12-14", date(2026, 12, 7)).mention == ""
    assert card("act-2@2026-12-14", date(2026, 12, 12), classified(action="optional")).mention == ""


def test_a_card_of_a_decision_says_who_decided_and_when():
    ticket = a_ticket_state()
    told = card(decision_of(ticket.ticket).key, ticket=ticket)

    assert told.headline == "Approved by the board: CHG1234567"
    assert told.decided == "Approved by Ana Costa, 4 May 2026"
    assert told.what == ""
    rejected = replace(ticket, ticket=replace(ticket.ticket, decision="rejected"))
    assert card("ticket@20260504T210000", ticket=rejected).tone == "moved"


@pytest.mark.parametrize(
    ("decision", "when", "about"),
    [
        ("approved", datetime(2026, 5, 4, 21, tzinfo=UTC), "20260504T210000"),
        ("approved", None, "approved"),
        ("rejected", None, "rejected"),
    ],
)
def test_a_decision_is_told_once_by_when_it_was_made_or_how(decision, when, about):
    assert decision_of(TicketState(decision=decision, decided_at=when)) == Occasion("ticket", about)


def test_a_ticket_that_nobody_decided_has_no_occasion():
    assert decision_of(TicketState()) is None


def silent(step, who, days, role="owner", done=None):
    effect = replace(an_effect(()), occasion=f"{step}@2", why=(SilenceReason(role, who, days, at(4, 21)),))
    return replace(a_state(effect), done=effect.edition if done else "", done_at=done, stopped="")


def test_a_card_about_silence_says_since_when_who_was_asked_and_what_to_do():
    first = replace(a_state(an_effect(())), done="x", done_at=at(4, 20))
    owner = silent("silent-1", "ana@contoso.example", 5, done=at(4, 28))
    passed_over = replace(silent("silent-2", "dee@contoso.example", 10, done=at(5, 5)), stopped="because")
    office = silent("silent-3", "pia@contoso.example", 15, "process_owner")
    states = (first, owner, passed_over, office)

    told = change_card(a_change(), office, a_policy(), PUBLIC, as_of=TODAY, known=True, states=states)

    team = office.effect.team
    assert told.headline == "No word for 15 working days"
    assert told.reminder == (
        "Nobody has said anything since 21 April 2026",
        f"Asked before: {team} (20 April), ana@contoso.example (28 April)",
    )
    assert (told.mention, told.tone, told.to_do) == (
        "pia@contoso.example",
        "moved",
        "Action required by 14 December 2026",
    )
    assert (told.what, told.steps, told.people, told.services) == ("", (), (), ())
    assert "Reminder" in texts(render(told))


def test_a_group_is_reminded_without_a_mention():
    assert change_card(a_change(), silent("silent-1", "group:M365", 5), a_policy(), PUBLIC, as_of=TODAY).mention == ""


def test_silence_is_told_only_while_it_lasts():
    state = silent("silent-1", "ana@contoso.example", 5)
    change = replace(a_change(), assessment=Assessment(seq=2))
    assert why_not_sent(change, state, None, a_policy(), known=True) == ""

    spoken = replace(change, assessment=change.assessment.spoken(at(5, 1)))
    assert why_not_sent(spoken, state, None, a_policy(), known=True) == "somebody has said something since"
    closed = replace(change, closed=Closing(at(5, 1), "page", "", 1))
    assert why_not_sent(closed, state, None, a_policy(), known=True) == "the change is closed"


def test_each_day_names_who_asked_for_it_and_whose_day_passed_unseen():
    days = (date(2026, 5, 2), date(2026, 5, 4), date(2026, 5, 4), date(2026, 5, 9))
    who = ("Ana", "Ben", "Cy", "Dee")
    asked = tuple(Asked(day, an_effect(()).target, "", name) for day, name in zip(days, who, strict=True))
    elsewhere = Asked(date(2026, 5, 4), "elsewhere", "", "Eve")
    change = replace(a_change(), assessment=Assessment(seq=4, asked=(*asked, elsewhere)))
    effect = replace(an_effect(()), occasion="asked@2026-05-04")
    before = replace(a_state(replace(effect, occasion="asked@2026-05-02")), done="x")

    def lines(*states):
        return change_card(change, a_state(effect), a_policy(), PUBLIC, as_of=TODAY, states=states).reminder

    assert lines() == ("Ana and Ben and Cy asked to be reminded of it",)
    assert lines(before) == ("Ben and Cy asked to be reminded of it",)
    with speaking("de"):
        assert lines(before) == ("Um die Erinnerung gebeten: Ben und Cy",)


def test_a_channel_that_knows_the_change_hears_what_moved_and_nothing_else():
    first, again = card(events=("dates_moved",), known=False), card(events=("dates_moved",))

    assert first.what
    assert first.steps
    assert again.moved == first.moved != ()
    assert (again.headline, again.title, again.when) == (first.headline, first.title, first.when)
    assert (again.what, again.steps, again.people, again.kind, again.services) == ("", (), (), "", ())


def test_what_is_new_about_whom_it_concerns_is_told_whole():
    again = card(events=("scope_changed",))

    assert again.what
    assert again.people
    assert again.services
    assert again.moved == ()


def test_a_channel_that_is_told_of_the_announcement_hears_everything():
    assert card(events=("announced",)) == replace(card(events=("announced",), known=False), known=True)


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (None, ""),
        (classified(status="cancelled"), "the plan does not stand any more"),
        (classified(status="on_hold"), "the plan does not stand any more"),
        (classified(act_by=date(2026, 12, 20)), "the day to act by is another one now"),
        (classified(act_by=None), "the day to act by is another one now"),
        (classified(action="optional"), "nothing has to be done by that day"),
        (
            classified(why={"act_by": Why("", UNSURE_BELOW - 0.01)}),
            "it is not sure that anything has to be done by that day",
        ),
    ],
)
def test_nobody_is_reminded_of_a_day_that_counts_no_more(found, reason):
    effect = replace(an_effect(()), occasion="act-7@2026-12-14")
    assert why_not_sent(a_change(found), a_state(effect), None, a_policy(), known=True) == reason


def test_a_decision_that_was_taken_back_or_made_again_is_not_told():
    ticket = a_ticket_state()
    effect = replace(an_effect(()), occasion=decision_of(ticket.ticket).key)
    later = replace(ticket, ticket=replace(ticket.ticket, decided_at=at(5, 6)))

    assert why_not_sent(a_change(), a_state(effect), ticket, a_policy(), known=True) == ""
    assert (
        why_not_sent(a_change(), a_state(effect), later, a_policy(), known=True) == "the board has decided again since"
    )
    assert (
        why_not_sent(a_change(), a_state(effect), None, a_policy(), known=True) == "the ticket has no decision any more"
    )


def test_a_move_that_no_longer_holds_is_not_told_to_a_channel_that_knows_the_change():
    fallen = a_change(classified(status="cancelled", windows=()), ("dates_moved",))
    state = a_state(an_effect(("dates_moved",)))

    assert why_not_sent(fallen, state, None, a_policy(), known=True)
    assert why_not_sent(fallen, state, None, a_policy(), known=False) == ""


@pytest.mark.parametrize(
    ("until", "now", "kind"),
    [
        (SEVEN - timedelta(hours=1), SEVEN - timedelta(minutes=1), None),
        (SEVEN - timedelta(hours=1), SEVEN, "act-7"),
        (SEVEN, SEVEN + timedelta(hours=1), None),
        (SEVEN - timedelta(hours=1), SEVEN + timedelta(days=5), "act-2"),
        (SEVEN - timedelta(days=30), SEVEN + timedelta(days=30), "overdue"),
        (SEVEN + timedelta(days=6), SEVEN + timedelta(days=7), "act-0"),
        (SEVEN + timedelta(days=8), SEVEN + timedelta(days=80), None),
    ],
)
def test_of_the_moments_since_the_last_run_the_most_urgent_one_is_told(until, now, kind):
    due = act_by_due(BY, until, now)
    assert due == (Occasion(kind, "2026-12-14") if kind else None)


@pytest.mark.parametrize("before", ["en", "de"])
def test_each_card_is_in_its_own_language_whichever_was_rendered_before(before, monkeypatch):
    monkeypatch.setattr(adaptive, "_environment", lru_cache(adaptive._environment.__wrapped__))  # a process that begins
    cards = {}
    for language in (before, *({"en", "de"} - {before})):
        with speaking(language):
            cards[language] = render(card())

    titles = {language: [action["title"] for action in made["actions"]] for language, made in cards.items()}
    assert titles["en"][:2] == ["See the change", "Post in the admin center"]
    assert titles["de"][:2] == ["Änderung ansehen", "Beitrag im Admin Center"]


def test_a_card_is_in_the_language_in_which_it_was_made_and_the_posts_words_stay():
    with speaking("de"):
        told = card(events=("dates_moved",), known=False)
    said = texts(render(told))

    assert told.language == "de"
    assert "Termine verschoben" in said
    assert "Anfang bis Mitte September 2026 → Anfang bis Mitte Oktober 2026" in said
    assert "Handeln ist nötig bis 14. Dezember 2026" in said
    assert "Poll answers move to the meeting recap" in said
    assert {"Zu tun", "Für wen", "Auswirkung", "Vorbereitung"} <= set(said)
    assert "Änderung ansehen" in [action["title"] for action in render(told)["actions"]]


LESSON = Lesson("MC1200002", "much", "Tell them a week ahead", date(2026, 4, 1))


def question(day="2026-05-01", lessons=(LESSON,), known=True, token="t"):
    effect = replace(an_effect(()), occasion=f"impact@{day}", why=(ImpactReason(10, lessons),), answers="ana@x.example")
    return change_card(a_change(), a_state(effect), a_policy(), PUBLIC, as_of=TODAY, known=known, token=token)


@pytest.mark.parametrize("known", [True, False])
def test_the_card_that_asks_how_it_went_says_when_it_began_and_the_lessons_and_nothing_else(known):
    asks = question(known=known)

    assert (asks.headline, asks.tone, asks.mention) == ("How did it go?", "new", "ana@x.example")
    assert asks.in_short == f"How did it go? {asks.title}"
    assert asks.began == "It began on 1 May 2026"
    assert asks.lessons == ("Tell them a week ahead (MC1200002, help desk: much load, 1 April 2026)",)
    assert not any(
        (asks.what, asks.when, asks.to_do, asks.steps, asks.people, asks.answers, asks.ticket, asks.reminder)
    )
    said = texts(render(asks))
    assert {"Rollout", "Last time"} <= set(said)


def test_its_first_button_tells_how_it_went_and_a_mail_has_the_same_link():
    asks, silent_one = question(), silent("silent-1", "ana@x.example", 5)
    actions = render(asks)["actions"]
    other = change_card(a_change(), silent_one, a_policy(), PUBLIC, as_of=TODAY, token="t")

    assert [action["title"] for action in actions] == ["Tell how it went", "See the change", "More …"]
    assert actions[0]["url"].endswith("/api/answer?t=t&a=outcome")
    assert render(other)["actions"][0]["title"] == "I own it"
    mail = mail_of(asks, "messaging", PUBLIC)
    assert f"Tell how it went: {actions[0]['url']}" in mail.text
    assert mail.subject == asks.in_short
    assert "Tell how it went" not in mail_of(other, "messaging", PUBLIC).text


def test_in_german_it_asks_in_german():
    with speaking("de"):
        asks = question()
    assert (asks.headline, asks.began) == ("Wie ist es gelaufen?", "Begann am 1. Mai 2026")
    assert asks.lessons == ("Tell them a week ahead (MC1200002, Helpdesk: viel Aufwand, 1. April 2026)",)
    assert asks.why == ("nach unseren Regeln wird nach 10 Arbeitstagen gefragt, wie ein Rollout lief",)
