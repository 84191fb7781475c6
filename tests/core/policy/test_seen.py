"""A policy held against real posts: services that nobody owns, and titles that match none of them."""

import pytest

from shared.adapters.policy.file import load
from shared.core.policy.seen import ENOUGH, Seen, read_seen
from shared.core.policy.warnings import warnings
from shared.core.posts.post import read_post

POLICY = """
tenants: {home: {}}
teams: {mail: {owner: m@example.com}, office: {owner: o@example.com}}
workloads:
  exchange: {services: Exchange Online, titles: [TITLE], team: mail}
  suite: {services: Microsoft 365 suite, catch_all: true, team: office}
routes:
  team: office
  name: Everything else
  routes:
    - {name: By title, match: {title: WORDS}, team: mail}
"""


def policy(title="Exchange", words="mailbox"):
    return load(POLICY.replace("TITLE", title).replace("WORDS", words), "policy.yaml")


def posts(*titles, service="Microsoft 365 suite", count=0):
    listed = [*titles, *(f"Lists: column {n} of a mailbox and Exchange" for n in range(count))]
    return read_seen(
        read_post({"id": f"MC120{n:04}", "title": title, "services": [service], "tags": ["Brand new tag"]})
        for n, title in enumerate(listed)
    )


def told(policy, seen):
    without = warnings(policy)
    return [fault for fault in warnings(policy, seen) if fault not in without]


def test_services_of_real_posts_that_nobody_owns_are_named_with_how_many_posts():
    services = {"Exchange Online": 9, "Microsoft Loom": 1, "Exchange-Online": 3, "exchange  online": 2}

    assert told(policy(), Seen(services)) == [
        ("workloads", "nobody owns 'Exchange-Online', which 3 posts name; did you mean 'Exchange Online'?"),
        ("workloads", "nobody owns 'Microsoft Loom', which 1 post names"),
    ]


def later(words):
    return (
        f"no title of the 2 posts begins with {words!r}, where it is looked for; it stands later in 1 of them, "
        "as in that of MC1200000"
    )


@pytest.mark.parametrize(
    ("title", "words", "titles", "expected"),
    [
        ("Exchange", "mailbox", ("Exchange: a mailbox", "Other"), []),
        ("exchange ", "MAILBOX", ("(Updated) Exchange: a  mailbox", "Other"), []),
        (
            "Exchange",
            "mailbox",
            ("New in Exchange: a mailbox", "Other"),
            [("workloads.exchange.titles[0]", later("Exchange"))],
        ),
        ("change", "mailbox", ("Exchange: a mailbox", "Other"), []),
        (
            "Exchange",
            "/^mailbox/",
            ("Exchange: a mailbox", "Other"),
            [("routes.routes[0].match.title", later("/^mailbox/"))],
        ),
        ("Exchange", "/^exchange/", ("Exchange: a mailbox", "Other"), []),
        ("Exchange", "/mailbox$/", ("Exchange: a mailbox", "Other"), []),
        ("Nothing", "nowhere", ("Exchange: a mailbox", "Other"), []),
        ("Nothing", "nowhere", (), []),
    ],
)
def test_titles_are_held_against_the_beginnings_of_real_ones(title, words, titles, expected):
    assert told(policy(title, words), posts(*titles)) == expected


def test_a_title_that_another_beginning_of_the_same_workload_catches_is_no_reason_to_warn():
    given = policy("Mail rules, Exchange")

    assert told(given, posts("Exchange: mail rules", "Other")) == []


def test_that_no_title_has_a_word_is_said_when_there_are_enough_posts():
    nowhere = f"no title of the {ENOUGH} posts has "

    assert told(policy("Nothing", "nowhere"), posts(count=ENOUGH - 1)) == []
    assert told(policy("Nothing", "nowhere"), posts(count=ENOUGH)) == [
        ("workloads.exchange.titles[0]", nowhere + "'Nothing'"),
        ("routes.routes[0].match.title", nowhere + "'nowhere'"),
    ]


def test_a_tag_that_only_the_posts_know_is_no_mistake():
    tagged = load(POLICY.replace("TITLE", "Lists").replace("title: WORDS", "tag: brand new  tag"), "policy.yaml")

    assert ("routes.routes[0].match.tag" in dict(warnings(tagged))) is True
    assert "routes.routes[0].match.tag" not in dict(warnings(tagged, posts("Lists: a column")))


def test_an_edit_of_a_post_counts_once_and_its_last_title_counts():
    edits = [read_post({"id": "MC1200000", "title": title, "services": ["Loom"]}) for title in ("Old", "New")]

    assert read_seen(edits) == Seen({"Loom": 1}, {"MC1200000": "New"}, frozenset(), frozenset({edits[0].category}))
