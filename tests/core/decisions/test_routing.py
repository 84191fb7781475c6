from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import yaml

from shared.core.changes.change import Event
from shared.core.decisions.conditions import Subject, conditions, met_conditions
from shared.core.decisions.routing import Routed, route, trace
from shared.core.policy.model import Match, Policy, Tenant
from shared.core.policy.our_dates import our_dates
from shared.core.posts.classification import Classification, Interval, Why, Window
from shared.core.posts.particulars import NOTHING_SAID, Audience, Compliance, Control, Particulars
from shared.core.posts.post import Post

NOW = datetime(2026, 9, 1, tzinfo=UTC)
IN_OCTOBER = Interval(date(2026, 10, 1), date(2026, 10, 31))
OCTOBER = Window("retirement", ("worldwide", "gcc"), IN_OCTOBER, None)
ORGANISATION = """
tenants: {home: {}}
teams:
  messaging: {owner: ana, channel: mail}
  meetings: {owner: ben, channel: meet}
  devices: {owner: cyd}
  workplace: {owner: dee, channel: work}
workloads:
  exchange: {services: [Exchange Online], team: messaging}
  teams: {services: [Microsoft Teams, Skype for Business], team: meetings}
  windows: {services: [Windows], team: devices}
channels:
  mail: {kind: teams_workflow}
  meet: {kind: teams_workflow}
  work: {kind: teams_workflow}
  helpdesk: {kind: teams_workflow}
tickets: {crb: {kind: register}, privacy: {kind: register}}
"""


def policy(routes: str) -> Policy:
    """The organisation above; the root's team is `workplace`, `routes` is the rest of the tree."""
    tree = yaml.safe_load(f"{{team: workplace, {routes}}}")
    return Policy.model_validate(yaml.safe_load(ORGANISATION) | {"routes": tree})


def subject(*services: str, events: tuple[str, ...] = ("announced",), **fields) -> Subject:
    post_fields = {name: fields.pop(name) for name in ("category", "tags", "major", "body") if name in fields}
    title, tenants = fields.pop("title", "A change"), fields.pop("tenants", ())
    particulars = fields.pop("particulars", NOTHING_SAID)
    read = Classification("MC1000001", **fields)
    return Subject(
        post=Post("MC1000001", title, NOW, services=services, **post_fields),
        classification=read,
        events=tuple(Event(kind, "20260901000000-abc", NOW) for kind in events),
        today=NOW.date(),
        dates=our_dates(read, [Tenant()]),
        tenants=tenants,
        particulars=particulars,
    )


def effects(found: Routed) -> list[str]:
    return [f"{effect.kind} {effect.target} for {effect.team}" for effect in found.effects]


CASES = [
    # what the case is about, routes, subject, effects
    ("the root alone decides when it has no children",
     "ticket: crb", subject("Exchange Online"), ["ticket crb for messaging"]),
    ("the root decides when no child matches",
     "cards: owner, routes: [{match: {crb: true}, ticket: crb}]",
     subject("Exchange Online"), ["card mail for messaging"]),
    ("a child that matches decides instead of the root",
     "cards: owner, routes: [{match: {crb: true}, ticket: crb, cards: []}]",
     subject("Exchange Online", crb=True), ["ticket crb for messaging"]),
    ("a child inherits what it does not set",
     "ticket: crb, cards: helpdesk, routes: [{match: {crb: true}, cards: owner}]",
     subject("Exchange Online", crb=True), ["ticket crb for messaging", "card mail for messaging"]),
    ("a grandchild inherits as well",
     "routes: [{match: {crb: true}, ticket: crb, routes: [{match: {training: true}, cards: owner}]}]",
     subject("Exchange Online", crb=True, training=True), ["ticket crb for messaging", "card mail for messaging"]),
    ("an empty ticket takes an inherited one away",
     "ticket: crb, routes: [{match: {kind: info}, ticket: ''}]", subject("Exchange Online"), []),
    ("an empty list of cards takes inherited ones away",
     "cards: owner, routes: [{match: {kind: info}, cards: []}]", subject("Exchange Online"), []),
    ("the first sibling that matches wins",
     "routes: [{match: {crb: true}, ticket: crb}, {match: {crb: true}, ticket: privacy}]",
     subject("Exchange Online", crb=True), ["ticket crb for messaging"]),
    ("a sibling that does not match is passed over",
     "routes: [{match: {crb: false}, ticket: crb}, {match: {crb: true}, ticket: privacy}]",
     subject("Exchange Online", crb=True), ["ticket privacy for messaging"]),
    ("continue lets the next sibling match as well",
     "routes: [{match: {crb: true}, ticket: crb, continue: true}, {match: {crb: true}, cards: owner}]",
     subject("Exchange Online", crb=True), ["ticket crb for messaging", "card mail for messaging"]),
    ("continue does not bring the root back in",
     "cards: helpdesk, routes: [{match: {crb: true}, cards: [], ticket: crb, continue: true}]",
     subject("Exchange Online", crb=True), ["ticket crb for messaging"]),
    ("a child without a match takes what its siblings left",
     "routes: [{match: {crb: true}, ticket: crb}, {cards: owner}]",
     subject("Exchange Online"), ["card mail for messaging"]),
    ("a change of two workloads reaches both owners",
     "cards: owner",
     subject("Exchange Online", "Microsoft Teams"), ["card mail for messaging", "card meet for meetings"]),
    ("two services of one workload are one card",
     "cards: owner",
     subject("Microsoft Teams", "Skype for Business"), ["card meet for meetings"]),
    ("a change of two workloads gets one ticket, the first owner's",
     "ticket: crb", subject("Microsoft Teams", "Exchange Online"), ["ticket crb for meetings"]),
    ("two ticket systems are two tickets",
     "routes: [{match: {crb: true}, ticket: crb, continue: true}, {match: {tag: Privacy}, ticket: privacy}]",
     subject("Exchange Online", crb=True, tags=("Privacy",)),
     ["ticket crb for messaging", "ticket privacy for messaging"]),
    ("one channel gets one card, whoever sends it there",
     "cards: [helpdesk]", subject("Exchange Online", "Microsoft Teams"), ["card helpdesk for messaging"]),
    ("the owner's channel and the same channel by name are one card",
     "cards: [owner, mail]", subject("Exchange Online"), ["card mail for messaging"]),
    ("a team without a channel shares that of the root's team",
     "cards: owner", subject("Windows"), ["card work for devices"]),
    ("what nobody owns goes to the root's team",
     "cards: owner, ticket: crb",
     subject("Microsoft Loom"), ["ticket crb for workplace", "card work for workplace"]),
    ("a post that names no service goes to the root's team",
     "cards: owner", subject(), ["card work for workplace"]),
    ("an unowned service beside an owned one reaches the root's team, too",
     "cards: owner",
     subject("Microsoft Loom", "Exchange Online"), ["card mail for messaging", "card work for workplace"]),
    ("a child's team is a hand-over",
     "cards: owner, routes: [{match: {kind: security}, team: devices}, {match: {crb: true}, team: meetings}]",
     subject("Exchange Online", crb=True), ["card meet for meetings"]),
    ("a route for a workload leaves the other owner alone",
     "routes: [{match: {workload: exchange}, cards: owner}]",
     subject("Exchange Online", "Microsoft Teams"), ["card mail for messaging"]),
    ("a route for a service speaks of its owner only",
     "routes: [{match: {service: Microsoft Teams}, cards: owner}]",
     subject("Exchange Online", "Microsoft Teams"), ["card meet for meetings"]),
]  # fmt: skip


@pytest.mark.parametrize(("routes", "asked", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_routing(routes: str, asked: Subject, expected: list[str]):
    assert effects(route(policy(routes), asked)) == expected


WHY = [
    ("the root has every change", "ticket: crb", subject("Exchange Online"),
     ["every change; messaging owns exchange (policy: routes)"]),
    ("the whole path is told",
     "routes: [{match: {crb: true}, ticket: crb, routes: [{match: {kind: [info, retirement], user_impact: high}}]}]",
     subject("Exchange Online", crb=True, kind="retirement", user_impact="high"),
     [("for the Change Review Board, kind: retirement, user impact: high; messaging owns exchange "
       "(policy: routes.routes[0].routes[0])")]),
    ("every owner's reason is kept", "ticket: crb", subject("Exchange Online", "Microsoft Teams"),
     ["every change; messaging owns exchange (policy: routes)", "every change; meetings owns teams (policy: routes)"]),
    ("every route's reason is kept",
     "routes: [{match: {crb: true}, ticket: crb, continue: true}, {match: {major: true}, ticket: crb}]",
     subject("Exchange Online", crb=True, major=True),
     ["for the Change Review Board; messaging owns exchange (policy: routes.routes[0])",
      "a major change; messaging owns exchange (policy: routes.routes[1])"]),
    ("nobody owns it", "ticket: crb", subject("Microsoft Loom", "Microsoft Lens"),
     ["every change; nobody owns Microsoft Loom, Microsoft Lens, so it goes to workplace (policy: routes)"]),
    ("no service is named", "ticket: crb", subject(),
     ["every change; the post names no service, so it goes to workplace (policy: routes)"]),
    ("a hand-over", "routes: [{match: {kind: info}, team: devices, ticket: crb}]",
     subject("Exchange Online"),
     ["kind: info; messaging owns exchange, this route hands it to devices (policy: routes.routes[0])"]),
]  # fmt: skip


@pytest.mark.parametrize(("routes", "asked", "expected"), [c[1:] for c in WHY], ids=[c[0] for c in WHY])
def test_an_effect_says_why(routes: str, asked: Subject, expected: list[str]):
    (effect,) = route(policy(routes), asked).effects

    assert [reason.words for reason in effect.why] == expected


def test_teams_workloads_and_unowned_services_are_told_apart():
    found = route(policy(""), subject("Microsoft Teams", "Microsoft Loom", "Exchange Online"))

    assert found.effects == ()
    assert found.teams == ("meetings", "messaging", "workplace")
    assert found.workloads == ("teams", "exchange")
    assert found.unowned == ("Microsoft Loom",)


def test_effects_carry_the_edition_and_the_events_they_stand_for():
    asked = subject("Exchange Online", events=("dates_moved", "scope_changed"))
    (effect,) = route(policy("ticket: crb"), asked).effects

    assert effect.edition == "20260901000000-abc"
    assert effect.events == ("20260901000000-abc:dates_moved", "20260901000000-abc:scope_changed")


def test_a_service_is_owned_whatever_its_case_and_blanks():
    assert route(policy(""), subject("exchange  ONLINE ")).workloads == ("exchange",)


SAID = Particulars(
    audience=(
        Audience("licence", "Teams Premium", "Teams Premium is needed."),
        Audience("role", "Teams administrators", "Admins of Teams can hide pins."),
    ),
    controls=(Control("cmdlet", "Set-ContosoPins", "Use Set-ContosoPins."),),
    compliance=(
        Compliance("ai", "Does it use AI?", "Yes, pins are sorted."),
        Compliance("data_processing", "Are data processed?", "Yes."),
    ),
)
MATCHES = [
    # key and value in the file, a subject that has it, the words, one that has it not
    ("service: [Windows, microsoft teams]", subject("Microsoft Teams"), "service: Microsoft Teams", subject("Planner")),
    ("workload: teams", subject("Microsoft Teams"), "workload: teams", None),
    ("title: [old  VIEWER, change]", subject(), "title: change", subject(title="Another")),
    ("text: /will be (?:retired|removed)/", subject(body="<p>It will be <b>Retired</b>.</p>"), "text: will be Retired",
     subject(body="<p>It stays.</p>")),
    ("kind: [retirement, security]", subject(kind="security"), "kind: security", subject(kind="info")),
    ("status: cancelled", subject(status="cancelled"), "status: cancelled", subject(status="scheduled")),
    ("impact_at_least: medium", subject(user_impact="high"), "impact_at_least: high", subject(admin_impact="low")),
    ("admin_impact: [medium, high]", subject(admin_impact="high"), "admin_impact: high", subject(admin_impact="low")),
    ("admin_impact_at_least: high", subject(admin_impact="high"), "admin_impact_at_least: high",
     subject(admin_impact="medium", user_impact="high")),
    ("user_impact: high", subject(user_impact="high"), "user_impact: high", subject(user_impact="medium")),
    ("user_impact_at_least: medium", subject(user_impact="high"), "user_impact_at_least: high",
     subject(admin_impact="high")),
    ("action: required", subject(action="required"), "action: required", subject(action="optional")),
    ("default: 'on'", subject(default="on"), "default: on", subject(default="off")),
    ("event: [dates_moved, cancelled]", subject(events=("text_changed", "cancelled")), "event: cancelled", subject()),
    ("phase: retirement", subject(windows=(OCTOBER,)), "phase: retirement", subject()),
    ("cloud: [gcc, dod]", subject(windows=(OCTOBER,)), "cloud: gcc", subject()),
    ("tenant: [home, fabrikam]", subject(tenants=("contoso", "fabrikam")), "tenant: fabrikam",
     subject(tenants=("contoso",))),
    ("starts_within: 30", subject(windows=(OCTOBER,)), "starts_within: 1 October 2026", subject()),
    ("act_by_within: 9", subject(act_by=date(2026, 9, 10)), "act_by_within: 10 September 2026",
     subject(act_by=date(2026, 9, 11))),
    ("audience: [makers, teams  ADMIN]", subject(particulars=SAID),
     "audience: Teams administrators (“Admins of Teams can hide pins.”)",
     subject(particulars=Particulars(controls=SAID.controls))),
    ("control: /^set-.*pins$/", subject(particulars=SAID), "control: Set-ContosoPins (“Use Set-ContosoPins.”)",
     subject(particulars=Particulars(audience=SAID.audience))),
    ("compliance: [data_location, ai]", subject(particulars=SAID), "compliance: ai (“Yes, pins are sorted.”)",
     subject(particulars=Particulars(compliance=SAID.compliance[1:]))),
    ("category: planforchange", subject(category="planForChange"), "category: planForChange", subject()),
    ("tag: [Admin impact]", subject(tags=("Update", "Admin Impact")), "tag: Admin Impact", subject(tags=("Update",))),
    ("crb: true", subject(crb=True), "crb: true", subject(crb=False)),
    ("training: false", subject(training=False), "training: false", subject(training=True)),
    ("major: true", subject(major=True), "major: true", subject(major=False)),
]  # fmt: skip


def in_words(match: Match, asked: Subject, workload: str | None) -> list[str]:
    met = met_conditions(match, asked, workload)
    assert met is not None
    return [condition.words for condition in met]


@pytest.mark.parametrize(("match", "holds", "words", "fails"), MATCHES, ids=[case[0] for case in MATCHES])
def test_each_key_of_a_match(match: str, holds: Subject, words: str, fails: Subject | None):
    condition = Match.model_validate(yaml.safe_load(match))

    assert in_words(condition, holds, "teams") == [words]
    assert met_conditions(condition, fails or holds, "exchange") is None


def test_every_key_of_a_match_has_a_case():
    assert [case[0].partition(":")[0] for case in MATCHES] == list(Match.model_fields)


def test_all_conditions_must_hold():
    condition = Match.model_validate({"crb": True, "kind": "security"})

    assert in_words(condition, subject(crb=True, kind="security"), None) == ["kind: security", "crb: true"]
    assert met_conditions(condition, subject(crb=True, kind="info"), None) is None


def test_an_empty_match_holds_for_everything():
    assert met_conditions(Match(), subject(), None) == ()


def test_what_a_post_says_instead_of_the_audience_is_shown():
    match = Match.model_validate({"audience": "makers", "control": "Set-Notes", "compliance": "third_party"})
    looked = list(conditions(match, subject(particulars=SAID), None))

    assert [(each.name, each.met, each.actual) for each in looked] == [
        ("audience", None, "Teams Premium, Teams administrators"),
        ("control", None, "Set-ContosoPins"),
        ("compliance", None, "ai, data_processing"),
    ]


def test_a_post_that_does_not_say_meets_no_condition_on_it():
    match = Match.model_validate({"audience": "/.*/"})

    assert [each.actual for each in conditions(match, subject(), None)] == ["nothing"]


def test_an_expression_that_takes_too_long_over_a_name_does_not_match():
    name = "a" * 40 + "!"
    asked = subject(particulars=Particulars(audience=(Audience("other", name, name),)))
    looked = list(conditions(Match.model_validate({"audience": r"/^(a|a)*$/"}), asked, None))

    assert [each.met for each in looked] == [None]
    assert "takes too long" in looked[0].actual


# Days, patterns, words.

DAYS = [
    ("starts_within: 29", "2026-09-01", False),
    ("starts_within: 0", "2026-10-01", True),
    ("starts_within: 0", "2026-10-31", True),  # it is under way
    ("starts_within: 100", "2026-11-01", False),  # it is over
    ("act_by_within: 0", "2026-09-10", True),
    ("act_by_within: 100", "2026-09-11", False),
]


@pytest.mark.parametrize(("match", "today", "held"), DAYS)
def test_how_soon_is_counted_in_whole_days(match, today, held):
    asked = replace(subject(windows=(OCTOBER,), act_by=date(2026, 9, 10)), today=date.fromisoformat(today))

    assert (met_conditions(Match.model_validate(yaml.safe_load(match)), asked, None) is not None) is held


def test_a_pattern_that_takes_too_long_does_not_match_and_says_so():
    condition = Match.model_validate({"text": "/(a|aa)+$/"})
    asked = subject(body="<p>" + "a" * 3000 + "b</p>")

    (found,) = conditions(condition, asked, None)

    assert not found.met
    assert found.actual == "/(a|aa)+$/ takes too long over this text: write it simpler"


def test_the_words_of_the_post_that_decided_are_quoted_and_bounded():
    why = {"kind": Why("We will retire " + "the old viewer " * 20, 0.9)}
    (effect,) = route(
        policy("routes: [{match: {kind: retirement}, ticket: crb}]"),
        subject("Exchange Online", kind="retirement", why=why),
    ).effects

    (line,) = (reason.words for reason in effect.why)
    assert line.startswith("kind: retirement (“We will retire the old viewer the old")
    assert line.endswith("…”); messaging owns exchange (policy: routes.routes[0])")
    assert len(line) < 250


def test_a_route_is_told_by_its_own_name_and_not_by_one_above_it():
    tree = policy(
        "routes: [{name: Board, match: {crb: true}, ticket: crb, routes: [{match: {major: true}}]},"
        " {name: News, match: {kind: info}, cards: owner}]"
    )
    asked = subject("Exchange Online", crb=True), subject("Exchange Online", crb=True, major=True)

    places = [route(tree, each).effects[0].why[0].words.rpartition("(")[2] for each in asked]

    assert places == ["route “Board”)", "policy: routes.routes[0].routes[0])"]
    assert [step.name for step in trace(tree, asked[0])] == ["", "Board", ""]


def test_the_walk_can_be_followed_node_by_node():
    tree = policy(
        "routes: [{match: {crb: true}, ticket: crb, continue: true}, {match: {kind: security, user_impact: high}},"
        " {match: {kind: security}, routes: [{match: {workload: exchange}, cards: owner}]}, {cards: helpdesk}]"
    )

    steps = trace(tree, subject("Exchange Online", crb=True, kind="security"))

    assert [(step.path, step.depth, step.matched, step.taken) for step in steps] == [
        ("routes", 0, True, False),
        ("routes.routes[0]", 1, True, True),
        ("routes.routes[1]", 1, False, False),
        ("routes.routes[2]", 1, True, False),
        ("routes.routes[2].routes[0]", 2, True, True),
    ]
    failed = [(one.name, one.wanted, one.actual) for one in steps[2].conditions if not one.met]
    assert failed == [("user_impact", "high", "low")]


def test_a_walk_that_ends_at_the_root_says_so():
    (step,) = trace(policy("ticket: crb"), subject("Exchange Online"))

    assert (step.path, step.taken, step.workload, step.services) == ("routes", True, "exchange", ("Exchange Online",))
