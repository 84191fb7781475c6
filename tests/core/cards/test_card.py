"""What a card says, in plain words; dates and Markdown as tables of cases."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from shared.adapters.cards.adaptive import teams_message
from shared.adapters.cards.markdown import escape, unescape
from shared.core.cards.card import change_card
from shared.core.changes.change import Event
from shared.core.changes.moves import moves
from shared.core.posts.classification import UNSURE_BELOW, Interval, Why, Window
from shared.core.posts.post import read_post
from shared.core.posts.summary import what_changes
from shared.core.text.safe import clean
from shared.core.words import dates
from shared.core.words.doubt import SURE_FROM
from tests.adapters.cards.changes import (
    FIRST,
    PUBLIC,
    SECOND,
    TODAY,
    WINDOWS,
    a_change,
    a_policy,
    a_state,
    a_ticket_state,
    an_effect,
    classified,
    raw_post,
    span,
)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-10-01", "2026-10-01", "1 October 2026"),
        ("2026-10-01", "2026-10-10", "early October 2026"),
        ("2026-10-11", "2026-10-20", "mid-October 2026"),
        ("2026-10-21", "2026-10-31", "late October 2026"),
        ("2026-02-21", "2026-02-28", "late February 2026"),
        ("2028-02-21", "2028-02-29", "late February 2028"),
        ("2026-10-01", "2026-10-20", "early to mid-October 2026"),
        ("2026-10-11", "2026-10-31", "mid to late October 2026"),
        ("2026-10-01", "2026-10-31", "October 2026"),
        ("2026-10-05", "2026-10-11", "week of 5 October 2026"),
        ("2026-09-28", "2026-10-04", "week of 28 September 2026"),
        ("2026-10-06", "2026-10-09", "6 to 9 October 2026"),
        ("2026-09-29", "2026-10-02", "29 September to 2 October 2026"),
        ("2026-12-30", "2027-01-02", "30 December 2026 to 2 January 2027"),
        ("2026-10-01", "2026-12-31", "Q4 2026"),
        ("2026-11-01", "2026-12-31", "November to December 2026"),
        ("2026-01-01", "2026-06-30", "first half of 2026"),
        ("2026-07-01", "2026-12-31", "second half of 2026"),
        ("2026-01-01", "2026-12-31", "2026"),
    ],
)
def test_a_span_of_days_is_told_as_a_post_would(first, last, words):
    assert dates.interval(span(first, last)) == words


EARLY, MID, LATE = span("2026-10-01", "2026-10-10"), span("2026-10-11", "2026-10-20"), span("2026-10-21", "2026-10-31")


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (EARLY, MID, "early to mid-October 2026"),
        (MID, LATE, "mid to late October 2026"),
        (EARLY, LATE, "early to late October 2026"),
        (EARLY, EARLY, "early October 2026"),
        (LATE, span("2026-11-11", "2026-11-20"), "late October to mid-November 2026"),
        (LATE, span("2027-01-01", "2027-01-10"), "late October 2026 to early January 2027"),
        (span("2026-10-05"), span("2026-10-09"), "5 to 9 October 2026"),
        (span("2026-10-05"), LATE, "5 October to late October 2026"),
        (EARLY, None, "early October 2026"),
        (None, MID, "complete by mid-October 2026"),
        (None, None, "no date stated"),
    ],
)
def test_a_rollout_from_begin_to_end_is_one_phrase(start, end, words):
    assert dates.window(Window("ga", ("worldwide",), start, end)) == words


def test_a_rollout_is_one_line_with_its_phase_and_clouds():
    said = replace(WINDOWS[0], words="It will be generally available in early October.")
    assert dates.line(said) == "General availability, worldwide: early to mid-October 2026"
    assert dates.line(WINDOWS[0]) == "Rollout, worldwide: early to mid-October 2026"
    assert dates.line(replace(said, words="It happens in early October.")) == "Worldwide: early to mid-October 2026"
    assert dates.line(replace(said, words="")) == "General availability, worldwide: early to mid-October 2026"
    assert dates.line(Window("preview", ("worldwide", "gcc", "dod"), EARLY, None)) == (
        "Preview, worldwide, GCC and DoD: early October 2026"
    )


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(0, 800))
def test_every_span_can_be_told_and_names_its_years(first, days):
    last = date.fromordinal(first.toordinal() + days)

    words = dates.interval(Interval(first, last))

    assert str(last.year) in words or words.startswith("week of")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-10-01", "1 October 2026"),
        ("2026-10-01..2026-10-10", "early October 2026"),
        ("early October", "early October"),
        ("", ""),
    ],
)
def test_iso_days_are_spoken_and_other_text_is_left(text, told):
    assert dates.spoken(text) == told


def view(found=None, events=("dates_moved",), ticket=None, **raw):
    return change_card(
        a_change(found, events, **raw), a_state(an_effect(events)), a_policy(), PUBLIC, ticket, as_of=TODAY
    )


@pytest.mark.parametrize(
    ("events", "status", "headline", "tone"),
    [
        (("announced",), "scheduled", "New", "act"),
        (("text_changed",), "scheduled", "Text changed", "act"),
        (("text_changed", "dates_moved"), "scheduled", "Dates moved", "moved"),
        (("act_by_moved",), "scheduled", "Deadline moved", "moved"),
        (("dates_moved", "cancelled"), "cancelled", "Cancelled", "quiet"),
        (("cancelled",), "withdrawn", "Withdrawn", "quiet"),
        (("paused",), "on_hold", "On hold", "quiet"),
        (("resumed", "dates_moved"), "scheduled", "Back on plan", "moved"),
        (("rollout_started",), "scheduled", "Rollout started", "act"),
        ((), "scheduled", "Changed", "act"),
    ],
)
def test_the_headline_is_the_weightiest_of_what_happened(events, status, headline, tone):
    told = view(classified(status=status), events)

    assert (told.headline, told.tone) == (headline, tone)


def test_late_events_make_no_headline():
    change = a_change(events=("dates_moved",))
    late = Event("cancelled", SECOND.id, SECOND.observed, late=True)
    state = a_state(replace(an_effect(), events=(late.id, f"{SECOND.id}:dates_moved")))

    assert (
        change_card(replace(change, events=(*change.events, late)), state, a_policy(), PUBLIC, as_of=TODAY).headline
        == "Dates moved"
    )


def test_of_two_editions_the_newer_one_makes_the_headline():
    state = a_state(replace(an_effect(), events=(f"{FIRST.id}:announced", f"{SECOND.id}:dates_moved")))

    assert change_card(a_change(), state, a_policy(), PUBLIC, as_of=TODAY).headline == "Dates moved"


def test_dates_that_moved_are_told_by_cloud_however_the_post_groups_them():
    before = (Window("ga", ("worldwide", "gcc"), EARLY, None), Window("ga", ("dod",), MID, None))
    after = (Window("ga", ("worldwide",), EARLY, None), Window("ga", ("gcc", "dod"), LATE, None))
    change = a_change(classified(windows=after), ("dates_moved",))
    first = replace(
        change.editions[0], facts=replace(change.editions[0].facts, classification=classified(windows=before))
    )
    change = replace(change, editions=(first, change.editions[1]))

    told = [(move.what, move.old, move.new) for move in moves(change, change.events[1:])]

    assert told == [
        ("General availability, GCC", "early October 2026", "late October 2026"),
        ("General availability, DoD", "mid-October 2026", "late October 2026"),
    ]


def test_dates_that_moved_are_told_by_the_event_where_an_edition_was_not_read():
    change = a_change()
    change = replace(change, editions=tuple(replace(edition, facts=None) for edition in change.editions))

    told = [(move.what, move.old, move.new) for move in moves(change, change.events)]

    assert told == [
        ("Dates", "early September 2026", "early October 2026"),
        ("Deadline", "30 November 2026", "14 December 2026"),
    ]


def test_a_card_knows_its_ticket_links_team_and_reasons():
    told = view(ticket=a_ticket_state())

    assert told.ticket.number == "CHG1234567"
    assert told.page_url == f"{PUBLIC}/api/changes/MC1234567"
    assert told.team == "workplace (ana@contoso.example)"
    assert told.why[0].startswith("the change names Microsoft Teams")
    assert view().ticket is None


@pytest.mark.parametrize(
    ("action", "act_by", "words"),
    [
        ("required", date(2027, 3, 14), "Action required by 14 March 2027"),
        ("required", None, "Action required"),
        ("optional", date(2027, 3, 14), "Review by 14 March 2027"),
        ("optional", None, "Action is optional"),
        ("none", None, "No action is required; the post recommends some steps"),
    ],
)
def test_what_to_do_comes_with_its_day(action, act_by, words):
    assert view(classified(action=action, act_by=act_by, why={})).to_do == words


@pytest.mark.parametrize(
    ("action", "act_by", "unsure", "words"),
    [
        ("required", date(2027, 3, 14), ["action"], "Not sure whether anything has to be done; deadline 14 March 2027"),
        ("required", date(2027, 3, 14), ["act_by"], "Action required; we are not sure by when"),
        ("required", None, ["action"], ""),
        ("optional", None, ["action"], ""),
        ("optional", date(2027, 3, 14), ["action"], "Not sure whether anything has to be done; deadline 14 March 2027"),
        ("none", None, ["action", "act_by"], ""),
    ],
)
def test_what_is_unsure_to_do_is_told_as_unsure(action, act_by, unsure, words):
    doubted = {name: Why("", UNSURE_BELOW - 0.01) for name in unsure}

    assert view(classified(action=action, act_by=act_by, why=doubted)).to_do == words


def test_a_card_doubts_kind_impacts_and_default_where_they_are_unsure():
    doubted = {name: Why("", UNSURE_BELOW - 0.01) for name in ("kind", "admin_impact", "user_impact", "default")}
    told = view(classified(kind="retirement", admin_impact="high", default="removed", why=doubted))

    assert told.kind == told.arrives == told.admin_impact == ""


@pytest.mark.parametrize(
    ("confidence", "kind"),
    [(SURE_FROM, "Retirement"), (UNSURE_BELOW, "Probably a retirement"), (UNSURE_BELOW - 0.01, "")],
)
def test_what_is_sure_is_told_plainly_what_is_likely_as_probable_and_what_is_unsure_not_at_all(confidence, kind):
    assert view(classified(kind="retirement", why={"kind": Why("", confidence)})).kind == kind


def test_a_level_that_may_be_too_low_is_not_told():
    likely = {"user_impact": Why("", SURE_FROM - 0.01)}

    assert view(classified(user_impact="low", why={})).user_impact == ""
    assert view(classified(user_impact="medium", why=likely)).user_impact == "Probably medium"
    assert view(classified(user_impact="medium", why={})).user_impact == "Medium"


def test_a_change_without_dates_says_why():
    assert view(classified(status="on_hold", windows=())).when == ("On hold: there is no date now",)
    assert view(classified(status="no_schedule", windows=())).when == ("No date stated",)


def test_without_a_summary_the_first_paragraph_that_says_something_is_taken():
    assert what_changes(read_post(raw_post(details=[]))) == (
        "The export of meeting polls moves into the meeting recap, and the separate download page is removed."
    )
    assert what_changes(read_post({"id": "MC1234567"})) == ""


def test_the_message_for_teams_asks_for_the_full_width_and_leaves_the_card_alone():
    card = {"type": "AdaptiveCard"}

    content = teams_message(card)["attachments"][0]["content"]

    assert content == {"type": "AdaptiveCard", "msteams": {"width": "Full"}}
    assert card == {"type": "AdaptiveCard"}


def test_text_is_made_printable():
    assert clean(" a\r\nb\x00\x07 \ud83d\ude00 \udc00\t ") == "a\nb 😀 \ufffd"


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        (
            "(Updated) Teams: 365. It costs ~5 & more #1 a>b - c | d",
            "(Updated) Teams: 365. It costs ~5 & more #1 a>b - c | d",
        ),
        ("**b** _i_ `c`", r"\*\*b\*\* \_i\_ \`c\`"),
        ("[l](https://e.example)", r"\[l\](https://e.example)"),
        ("# h\n#h\n> q", "\\# h\n#h\n\\> q"),
        ("- a\n+ b\n* c\n1. d\n12) e", "\\- a\n\\+ b\n\\* c\n1\\. d\n12\\) e"),
        ("a\n---\nb\n===", "a\n\\---\nb\n\\==="),
        ("~~s~~", r"\~\~s\~\~"),
        ("a | b\n|---|---|", "a | b\n\\|---|---|"),
        ("{{7*7}} ${x}", r"{{7\*7}} ${x}"),
        ("{{DATE(2026-01-01T00:00:00Z)}}", r"{\{DATE(2026-01-01T00:00:00Z)}}"),
        (r"C:\Users \* \a", r"C:\Users \\\* \a"),
        ("&lt; Q&A &#35;", r"\&lt; Q&A \&#35;"),
        ("<b>x</b> 1 < 2 <https://e.example>", r"\<b>x\</b> 1 < 2 \<https://e.example>"),
        ("    code", "code"),
    ],
)
def test_only_what_would_mean_something_is_escaped(text, markdown):
    assert escape(text) == markdown


MARKS = st.text(alphabet=st.sampled_from("ab1.)( \n\t*_`[]()#>~|\\-+=!<>/&;:{}$DATE\"'é🎉ש"), max_size=60)


@given(st.one_of(MARKS, st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=80)))
def test_any_text_is_shown_by_a_markdown_renderer_as_it_was_written(text):
    for style in ("commonmark", "js-default"):
        shown = "".join(_shown(MarkdownIt(style, {"html": False, "linkify": False}).parse(escape(text))))

        assert shown.split() == text.split()


def _shown(tokens):
    """The visible text; anything but paragraphs, texts and line breaks is a text that was taken for Markdown."""
    for token in tokens:
        assert token.type in {
            "paragraph_open",
            "paragraph_close",
            "inline",
            "text",
            "text_special",
            "softbreak",
            "hardbreak",
        }, token
        if token.children:
            yield from _shown(token.children)
        elif token.type != "inline":
            yield token.content if token.type.startswith("text") else "\n"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=80))
def test_unescaping_gives_the_text_back(text):
    assert unescape(escape(text.strip())) == text.strip()
