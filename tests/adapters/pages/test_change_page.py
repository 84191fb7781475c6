"""The change page where there is very much of everything, and where data of others bites."""

from dataclasses import replace
from datetime import timedelta

import pytest
from selectolax.lexbor import LexborHTMLParser

from shared.adapters.pages import change as pages
from shared.adapters.pages.lengths import shortened
from shared.adapters.pages.revision import revision_page
from shared.core.changes.change import Copy, Edition, Effect, EffectState, Event
from shared.core.changes.reasons import SentenceReason
from shared.core.changes.relations import Related
from shared.core.changes.tenants import Difference
from shared.core.posts.classification import Interval, Window
from shared.core.review.act import Act
from shared.core.review.assessment import field_views
from shared.core.sources.roadmap import RoadmapView
from shared.core.tasks.task import TaskState
from shared.usecases.pages.answer import NO_TEAM
from tests.adapters.cards.changes import TODAY, a_change, at
from tests.adapters.pages import samples
from tests.adapters.pages.samples import everything, full_change, full_page

LIMIT = 185_000  # of 200,000: the style sheet of all pages grows
LONG = "word " * 60


def read(html):
    return LexborHTMLParser(html)


def text(node):
    return " ".join(node.text(separator=" ").split())


def section(html, name):
    return text(read(html).css_first(f"#{name}"))


def editions(count):
    first = a_change().editions[0]
    return tuple(
        replace(
            first, modified=at(4, 20) + timedelta(hours=n), observed=at(4, 20) + timedelta(hours=n), hash=f"{n:032x}"
        )
        for n in range(count)
    )


def crowded():
    """A change with far more of everything than anybody has, and the page's arguments."""
    many = editions(200)
    events = tuple(Event("text_changed", each.id, each.observed, LONG * 3, LONG * 3) for each in many)
    day = Interval(TODAY, TODAY)
    windows = tuple(Window("ga", ("worldwide", "gcc", "gcch", "dod"), day, day, LONG) for _ in range(600))
    facts = many[-1].facts
    facts = replace(facts, classification=replace(facts.classification, windows=windows))
    change = replace(full_change(), editions=(*many[:-1], replace(many[-1], facts=facts)), events=events)
    body = {
        "contentType": "html",
        "content": "<p>" + "&amp; <b>x</b> <a href='https://e.example/?a=1&b=2'>y</a> " * 200_000,
    }
    title = "t" * 10_000_000
    change = replace(
        change, post={**change.post, "title": title, "body": body, "services": [f"Service {n}" for n in range(5000)]}
    )
    states = []
    for n in range(500):
        channel, occasion = f"channel{n % 40}", f"act-7@2026-05-{n % 28 + 1:02d}"
        effect = Effect("card", channel, "workplace", many[0].id, (SentenceReason(LONG),), occasion=occasion)
        states.append(EffectState(effect, done=many[0].id, done_at=at(4, 20) + timedelta(hours=n)))
    copies = []
    for n in range(1000):
        services, edition = tuple(f"Service {m}" for m in range(50)), many[-1 if n % 10 else 0].id
        copy = Copy(f"tenant{n:04d}", services, edition, at(4, 20), at(5, 4), at(4, 20))
        copies.append(replace(copy, variant="v" if n % 100 == 0 else "", gone=at(5, 9) if n % 100 == 1 else None))
    acts = [
        Act(n, at(4, 20), f"Somebody {n}", "card in channel1", (), "comment", "workplace", words="w" * 2000)
        for n in range(400)
    ]
    more = {
        "acts": acts,
        "tasks": [TaskState(f"tenant{n}", f"t{n}", "e", at(4, 21), None, None) for n in range(300)],
        "related": [Related("referred_by", f"MC{1300000 + n}", LONG, 0.9, said_here=False) for n in range(300)],
        "roadmap": [RoadmapView(f"{n}", None) for n in range(900)],
        "variants": {copy.tenant: [Difference(LONG, LONG)] * 50 for copy in copies if copy.variant},
    }
    return change, copies, states, more


@pytest.fixture(scope="module")
def crowd():
    change, copies, states, more = crowded()
    asked = samples.Asked(change, None, (), ("workplace", "messaging"), fields=field_views(change), settles=True)
    return pages.change_page(change, copies, states, as_of=TODAY, asks=asked, form="f" * 32, **more)


def test_a_page_with_very_much_of_everything_stays_below_200_kb(crowd):
    assert len(crowd.encode()) < LIMIT


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("post", "The post is longer than this page shows. Read all of it in the admin center ."),
        ("glance", "and 588 more rollouts"),
        ("glance", "and 4988 more"),
        ("said", "earlier ones are not shown."),
        ("cards", "30 more channels are not shown."),
        ("cards", "9 earlier cards are not shown."),
        ("cards", "395 earlier answers are not shown."),
        ("tasks", "285 more are not shown."),
        ("happened", "earlier events are not shown."),
        ("roadmap", "885 more are not shown."),
        ("related", "285 more are not shown."),
        ("tenants", "990 show it, 10 with another text, 90 an older revision; 10 no more."),
        ("tenants", "985 more are not shown; those that differ come first."),
        ("revisions", "180 more: see revision"),
    ],
)
def test_what_is_left_out_is_counted(crowd, name, words):
    assert words in section(crowd, name)


def test_tenants_that_differ_come_first(crowd):
    names = [node.text() for node in read(crowd).css("#tenants li strong")]

    assert names == [f"tenant{n:04d}" for n in (*range(0, 1000, 100), 10, 20, 30, 40, 50)]


def test_an_old_revision_of_very_much_stays_below_200_kb_too():
    change, *_ = crowded()
    gone = [LONG * 5] * 400
    html = revision_page(change, 100, change.editions[99], change.read(), gone, gone, [])

    assert len(html.encode()) < LIMIT
    assert "more differ" in html
    assert 'href="/api/changes/MC1234567?revision=99"' in html


def test_lists_are_cut_by_number_and_by_size_and_the_first_always_stands():
    assert shortened("abcdef", 4) == (list("abcd"), 2)
    assert shortened(["aaaa", "bbbb", "cc"], 9, len, 8) == (["aaaa", "bbbb"], 1)
    assert shortened(["a" * 99, "b"], 9, len, 8) == (["a" * 99], 1)
    assert shortened([], 9) == ([], 0)


def test_every_button_has_its_key_and_says_it():
    tree = read(full_page())
    keys = {node.attributes["data-press"]: node for node in tree.css("#act [data-press]")}

    assert set(keys) == set("onidbrxw")
    assert all(
        node.css_first("kbd").text() == key == node.attributes["aria-keyshortcuts"] for key, node in keys.items()
    )
    assert tree.css_first("[data-focus=c]").tag == "textarea"


def test_the_page_of_who_may_not_act_has_no_form_and_says_why():
    tree = read(everything()["change-reader"])

    assert tree.css("form") == []
    assert NO_TEAM in text(tree.css_first("#act"))
    assert text(tree.css_first("#act")).startswith("Answers of teams messaging: no impact (Ben Ito, 6 May)")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("status", ["scheduled", "cancelled", "on_hold", "superseded", "withdrawn", "no_schedule"]),
        ("kind", ["new_feature", "feature_change", "retirement", "security", "maintenance", "info"]),
        ("user_impact", ["high", "medium", "low"]),
        ("default", ["on", "off", "removed", "n/a"]),
        ("action", ["required", "optional", "none"]),
        ("crb", ["yes", "no"]),
    ],
)
def test_a_field_of_few_values_is_settled_by_choosing_one(name, values):
    row = read(full_page()).css_first(f"#field-{name}")

    assert [node.attributes["value"] for node in row.css("option[value]")] == values
    assert all(node.text() not in {"", "–"} for node in row.css("option"))


def test_marked_fields_lead_into_the_post_and_those_of_the_title_to_the_title():
    tree = read(full_page())

    to_post = {node.attributes["href"] for node in tree.css("#reading a[href^='#why-']")}
    assert to_post == {"#why-rollouts", "#why-act_by", "#why-action", "#why-kind"}
    assert to_post == {f"#{node.attributes['id']}" for node in tree.css("#post [id]")}
    back = {node.attributes["href"] for node in tree.css("#post .why a")}
    assert all(tree.css_first(target.replace("#", "#", 1)) for target in back)
    change = a_change(title="Poll answers move", body={"contentType": "html", "content": "<p>nothing</p>"})
    facts = change.current.facts
    why = {"kind": replace(facts.classification.why["kind"], words="Poll answers move")}
    current = replace(change.current, facts=replace(facts, classification=replace(facts.classification, why=why)))
    html = pages.change_page(replace(change, editions=(*change.editions[:-1], current)), as_of=TODAY)
    assert read(html).css_first("#field-kind a[href='#title']")


def test_cards_stand_by_channel_with_the_answers_that_came_through_them():
    cards = section(everything()["change-full"], "cards")

    assert "helpdesk 2 sent" in cards
    assert "7 days left" in cards
    assert "held back by the channel's limit" in cards
    assert "Not sent any more: somebody answered since" in cards
    assert "It waits for a digest of messaging" in cards
    assert "Ana <Silva> : I own it" in cards
    assert "Cy : Remind me: 20 September 2026" in cards


def test_planner_tasks_say_who_has_them_and_what_became_of_them():
    tasks = section(everything()["change-full"], "tasks")

    assert "contoso given to somebody" in tasks
    assert "fabrikam done" in tasks
    assert "by us" in tasks
    assert "tailspin gone" in tasks


def test_what_people_said_is_text_with_its_direction_kept_to_itself():
    tree = read(everything()["change-full"])
    said = tree.css_first("#said")

    assert "<script>alert(1)</script>" in said.text()
    assert tree.css("script:not([src^='/api/assets/'])") == []
    assert {node.attributes.get("dir") for node in said.css("li p.small")} == {"auto"}


def test_a_section_that_the_jump_list_names_is_on_the_page():
    for name in ("change-full", "change", "change-unread", "change-reader"):
        tree = read(everything()[name])
        targets = [node.attributes["href"] for node in tree.css(".jump a")]
        assert targets
        assert all(tree.css_first(target) for target in targets), name


def test_ids_of_the_page_are_there_once():
    for name in ("change-full", "change-wrong", "change-faster", "revision", "beside"):
        ids = [node.attributes["id"] for node in read(everything()[name]).css("[id]")]
        assert len(ids) == len(set(ids)), name


def test_an_edition_without_anything_read_has_its_text_alone():
    change = replace(a_change(), editions=(Edition(at(4, 20), at(4, 20), "a" * 32, "contoso"), a_change().current))
    html = revision_page(change, 1, change.editions[0], change.read())

    assert "How we read it then" not in html
    assert "Nothing that we look at: its text says the same." in html
