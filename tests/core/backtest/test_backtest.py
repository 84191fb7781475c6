from datetime import UTC, date, datetime

import pytest

from shared.core.backtest.difference import differences
from shared.core.backtest.play import JOINED, NO_SERVICE, concerns_of, in_order, play, play_all, versions_of
from shared.core.backtest.report import KEPT_TRUE, in_words, report
from shared.core.backtest.version import Version
from shared.core.errors import PermanentError
from shared.core.policy.model import Channel, Match, Policy, Role, Roles, Route, Team, Tenant, Workload
from shared.core.posts.classification import Classification
from tests.usecases.world import CANCELLED, NOVEMBER, policy, post

SEEN = datetime(2026, 9, 1, 8, tzinfo=UTC)
LATER = datetime(2026, 9, 15, 8, tzinfo=UTC)
MOVED = {"when": NOVEMBER, "modified": "2026-09-15T07:00:00Z"}
QUIET = {
    "title": "New colours in the viewer", "category": "stayInformed", "tags": [], "isMajorChange": False,
    "body": {"contentType": "html", "content": "<p>The viewer gets new colours.</p>"},
}  # fmt: skip


def seen(raw, at=SEEN, tenant="contoso"):
    return Version(at, raw, tenant)


def made(*versions, of=None):
    """The report on a policy over these versions, of whatever changes."""
    changes = {}
    for version in versions:
        changes.setdefault(version.raw["id"], []).append(version)
    in_force = of or policy()
    return report("p", in_order(play_all(changes.values(), [in_force])), 0, in_force)


# What a line stands for


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ({"observed": "2026-09-01T08:00:00Z", "post": post()}, [("MC1200001", SEEN, "replay")]),
        (
            {"observed": "2026-09-01T08:00:00Z", "tenants": ["contoso", "fabrikam"], "post": post()},
            [("MC1200001", SEEN, "contoso"), ("MC1200001", SEEN, "fabrikam")],
        ),
        ({"observed": "2026-09-01T08:00:00Z", "tenants": ["contoso"], "gone": "MC1200001"}, []),
        (post(modified="2026-09-20T00:00:00Z"), [("MC1200001", datetime(2026, 8, 30, 10, tzinfo=UTC), "replay")]),
        ({**post(), "startDateTime": None}, [("MC1200001", datetime(2026, 8, 30, 10, tzinfo=UTC), "replay")]),
        ({"observed": "2026-09-01T11:00:00+03:00", "post": post()}, [("MC1200001", SEEN, "replay")]),
    ],
)
def test_a_line_stands_for_what_each_tenant_saw(line, expected):
    assert [(change, each.observed, each.tenant) for change, each in versions_of(line)] == expected


@pytest.mark.parametrize("line", [3, {}, {"post": 3}, {"post": {"title": "no id"}}, [post()]])
def test_what_is_no_post_is_refused(line):
    with pytest.raises(PermanentError):
        versions_of(line)


# What a policy makes of it


def told(*versions, of=None):
    played = play(versions, [of or policy()])
    return [(m.events, [(t.kind, t.target, t.first) for t in m.outcomes[0].sent]) for m in played]


def test_a_ticket_is_new_once_and_updated_afterwards_and_every_card_counts():
    first = [("ticket", "crb", True), ("card", "messaging", True), ("card", "workplace", True)]
    again = [(kind, target, False) for kind, target, _ in first]

    assert told(seen(post()), seen(post(**MOVED), LATER)) == [
        (("announced",), first),
        (("dates_moved",), again),
    ]


def test_the_order_of_the_versions_in_the_file_does_not_matter():
    versions = [seen(post()), seen(post(**MOVED), LATER)]

    assert play(versions, [policy()]) == play(versions[::-1], [policy()])


def test_a_version_that_only_touches_the_stamp_decides_nothing():
    assert len(told(seen(post()), seen(post(modified="2026-09-02T00:00:00Z"), LATER))) == 1


def test_an_older_edition_that_comes_late_has_no_effects():
    older = post(when=NOVEMBER, modified="2026-08-29T10:00:00Z")

    assert [events for events, _ in told(seen(post()), seen(older, LATER))] == [("announced",)]


def test_what_was_sent_is_kept_true_whatever_the_routes_say_now():
    retired = policy(routes=Route(team="workplace", routes=(Route(match=Match(event="announced"), ticket="crb"),)))
    played = play([seen(post()), seen(post(**MOVED), LATER)], [retired])

    (update,) = played[1].outcomes[0].sent
    assert (update.kind, update.first, update.routes) == ("ticket", False, ())
    assert [reason.words for reason in update.why] == ["dates moved; you were told of this change before"]


def test_what_was_old_at_the_first_load_is_known_and_nobody_is_told():
    (decision,) = play([seen(post(), datetime(2026, 12, 24, tzinfo=UTC))], [policy()])

    assert decision.outcomes[0].sent == ()
    assert decision.outcomes[0].old
    assert "was over" in decision.outcomes[0].silent


def test_a_post_is_read_once_and_decided_by_every_policy():
    silent = policy(routes=Route(team="workplace"))
    (decision,) = play([seen(post())], [policy(), silent])

    assert [len(each.sent) for each in decision.outcomes] == [3, 0]


def on_tenants(tenant):
    return policy(routes=Route(team="workplace", routes=(Route(match=Match(tenant=tenant), ticket="crb"),)))


def test_a_tenant_that_joins_later_is_looked_at_where_the_policy_asks_for_tenants():
    versions = [seen(post()), seen(post(), LATER, tenant="fabrikam")]

    assert told(*versions) == told(versions[0])
    assert told(*versions, of=on_tenants("fabrikam")) == [
        (("announced",), []),
        ((JOINED,), [("ticket", "crb", True)]),
    ]


def test_a_post_of_which_no_tenant_is_known_counts_as_standing_in_all():
    assert told(Version(SEEN, post()), of=on_tenants("fabrikam")) == [(("announced",), [("ticket", "crb", True)])]


@pytest.mark.parametrize(
    ("services", "expected"),
    [
        (["Exchange Online"], ()),
        (["Exchange Online", "Microsoft Sway"], ("Microsoft Sway",)),
        (["Microsoft Teams"], ("Microsoft Teams",)),
        ([], (NO_SERVICE,)),
    ],
)
def test_services_that_nobody_owns_are_named(services, expected):
    (decision,) = play([seen(post(services=services))], [policy()])

    assert decision.outcomes[0].unowned == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ()),
        ({"crb": True}, ("for the board",)),
        ({"action": "required"}, ("action required",)),
        ({"action": "optional"}, ()),
        ({"user_impact": "high", "admin_impact": "medium"}, ("high impact on users",)),
        ({"admin_impact": "high"}, ("high impact on admins",)),
        ({"act_by": date(2026, 10, 1)}, ("to be acted on by 2026-10-01",)),
        ({"crb": True, "status": "withdrawn"}, ()),
        ({"crb": True, "status": "superseded"}, ()),
        ({"crb": True, "status": "cancelled"}, ("for the board",)),
    ],
)
def test_why_a_change_should_reach_somebody(fields, expected):
    assert concerns_of(Classification("MC1200001", **fields)) == expected


# The report


def test_tickets_updates_and_cards_are_counted_by_week_and_team():
    found = made(seen(post()), seen(post(**MOVED), LATER), seen(post("MC1200002", **QUIET)))

    assert (found.changes, found.editions, found.ticketed, found.carded) == (2, 3, 1, 1)
    assert (found.total.tickets, found.total.updates, found.total.cards) == (1, 1, 4)
    assert {week: (t.tickets, t.updates, t.cards) for week, t in found.weeks.items()} == {
        date(2026, 8, 31): (1, 0, 2),
        date(2026, 9, 7): (0, 0, 0),
        date(2026, 9, 14): (0, 1, 2),
    }
    assert {team: (t.tickets, t.updates, t.cards) for team, t in found.teams.items()} == {
        "messaging": (1, 1, 2),
        "workplace": (0, 0, 2),
    }
    assert found.cells[date(2026, 9, 14), "messaging"].updates == 1
    assert found.busiest == ("messaging", 0.5)


def test_counting_begins_at_a_day_and_what_was_before_has_still_been():
    played = play([seen(post()), seen(post(**MOVED), LATER)], [policy()])
    found = report("p", played, 0, policy(), since=datetime(2026, 9, 10, tzinfo=UTC))

    assert (found.total.tickets, found.total.updates, found.total.cards) == (0, 1, 2)
    assert (found.first, found.last) == (date(2026, 9, 15), date(2026, 9, 15))
    assert found.missed == ()


def test_a_card_counts_for_those_who_read_the_channel():
    by_role = policy(
        channels={name: Channel(kind="fake") for name in ("desk", "spare")},
        teams={"workplace": Team(owner="ana"), "messaging": Team(owner="ben")},
        roles=Roles(help_desk=Role(who=("dee",), channel="desk")),
        routes=Route(team="workplace", cards=("help_desk", "spare")),
    )

    assert {team: tally.cards for team, tally in made(seen(post()), of=by_role).teams.items()} == {
        "help desk": 1, "channel spare": 1, "workplace": 0, "messaging": 0,
    }  # fmt: skip


def test_the_noisiest_route_comes_first_and_news_of_what_was_sent_has_no_route():
    noisy = policy(
        routes=Route(
            team="workplace",
            routes=(
                Route(match=Match(event="announced"), ticket="crb", **{"continue": True}),
                Route(name="Board", match=Match(crb=True), cards=("owner",)),
            ),
        )
    )
    found = made(seen(post()), seen(post(**MOVED), LATER), of=noisy)

    assert [row.name for row in found.routes] == ["Board", "", ""]
    assert [(row.path, row.words, row.tally.tickets, row.tally.updates, row.tally.cards) for row in found.routes] == [
        ("routes.routes[1]", "crb: true", 0, 0, 2),
        (KEPT_TRUE, "news about what was sent before, whatever the routes say", 0, 1, 0),
        ("routes.routes[0]", "event: announced", 1, 0, 0),
    ]


@pytest.mark.parametrize(
    ("match", "words"),
    [
        (None, "every change"),
        (Match(crb=True, kind=("retirement", "security")), "kind: retirement or security, crb: true"),
        (Match(act_by_within=30), "act_by_within: 30"),
    ],
)
def test_what_a_route_asks_for_in_words(match, words):
    assert in_words(Route(match=match)) == words


NOBODY = policy(routes=Route(team="workplace"))
CARDS_ONLY = policy(routes=Route(team="workplace", cards=("workplace",)))


@pytest.mark.parametrize(
    ("in_force", "versions", "missed", "unticketed"),
    [
        (policy(), [seen(post())], [], 0),
        (NOBODY, [seen(post())], ["MC1200001"], 1),
        (CARDS_ONLY, [seen(post())], [], 1),
        (NOBODY, [seen(post(**QUIET))], [], 0),
        (NOBODY, [seen(post(), datetime(2026, 12, 24, tzinfo=UTC))], [], 0),
        # who hears of it only when it is cancelled has not missed it
        (
            policy(routes=Route(team="workplace", routes=(Route(match=Match(event="cancelled"), cards=("owner",)),))),
            [seen(post()), seen(post(when=CANCELLED, modified="2026-09-14T00:00:00Z"), LATER)],
            [],
            1,
        ),
    ],
)
def test_what_would_have_been_missed(in_force, versions, missed, unticketed):
    found = made(*versions, of=in_force)

    assert [one.change for one in found.missed] == missed
    assert found.unticketed == unticketed


def test_the_services_that_nobody_owns_come_with_the_changes_that_name_them():
    found = made(
        seen(post("MC1200001", services=["Sway"])),
        seen(post("MC1200002", services=["Sway", "Planner"])),
        seen(post("MC1200003")),
    )

    assert [(one.service, one.changes, one.examples) for one in found.unowned] == [
        ("Sway", 2, ("MC1200001", "MC1200002")),
        ("Planner", 1, ("MC1200002",)),
    ]
    assert found.ownerless == 2


def test_nothing_seen_is_a_report_of_nothing():
    found = report("p", [], 0, policy())

    assert (found.changes, found.total.cards, found.weeks, found.missed, found.busiest[1]) == (0, 0, {}, (), 0.0)


# Two policies


def compared(new: Policy, old: Policy, *versions):
    played = play(versions, [new, old])
    found = differences(report("new", played, 0, new), report("old", played, 1, old))
    return [(one.what, one.kind, one.target, one.was, one.team, one.times) for one in found]


TO_WORKPLACE = policy(
    routes=Route(
        team="workplace", routes=(Route(match=Match(crb=True), team="workplace", ticket="crb", cards=("workplace",)),)
    )
)


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        (policy(), policy(), []),
        (
            policy(),
            NOBODY,
            [
                ("added", "card", "messaging", "", "messaging", 2),
                ("added", "card", "workplace", "", "workplace", 2),
                ("added", "ticket", "crb", "", "messaging", 2),
            ],
        ),
        (CARDS_ONLY, TO_WORKPLACE, [("removed", "ticket", "crb", "workplace", "", 2)]),
        (
            TO_WORKPLACE,
            policy(),
            [
                ("removed", "card", "messaging", "messaging", "", 2),
                ("handed over", "ticket", "crb", "messaging", "workplace", 2),
            ],
        ),
    ],
)
def test_what_a_new_policy_adds_removes_and_hands_over(new, old, expected):
    assert compared(new, old, seen(post()), seen(post(**MOVED), LATER)) == expected


def test_a_difference_names_the_change_and_says_why():
    played = play([seen(post())], [policy(), NOBODY])
    (card, *_) = differences(report("new", played, 0, policy()), report("old", played, 1, NOBODY))

    assert (card.change, card.title) == ("MC1200001", "Retirement of the old viewer")
    assert card.why[0].endswith("(policy: routes.routes[0])")


def test_a_tenant_in_the_policy_is_nothing_that_a_backtest_asks_for():
    """Tenants of a history need not be those of the policy."""
    elsewhere = policy(tenants={"elsewhere": Tenant()}, workloads={"x": Workload(services=("X",), team="messaging")})

    assert [kind for kind, *_ in told(seen(post()), of=elsewhere)[0][1]] == ["ticket", "card"]
