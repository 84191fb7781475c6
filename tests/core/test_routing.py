from datetime import UTC, datetime

import pytest
import yaml

from shared.core.change import Event
from shared.core.classification import Classification
from shared.core.conditions import Subject, matched
from shared.core.policy import Match, Policy
from shared.core.post import Post
from shared.core.routing import Routed, route

NOW = datetime(2026, 9, 1, tzinfo=UTC)
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
    post_fields = {name: fields.pop(name) for name in ("category", "tags", "major") if name in fields}
    return Subject(
        post=Post("MC1000001", "A change", NOW, services=services, **post_fields),
        classification=Classification("MC1000001", **fields),
        events=tuple(Event(kind, "20260901000000-abc", NOW) for kind in events),
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

    assert list(effect.why) == expected


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


MATCHES = [
    # key and value in the file, a subject that has it, the words, one that has it not
    ("service: [Windows, microsoft teams]", subject("Microsoft Teams"), "service: Microsoft Teams", subject("Planner")),
    ("workload: teams", subject("Microsoft Teams"), "workload: teams", None),
    ("kind: [retirement, security]", subject(kind="security"), "kind: security", subject(kind="info")),
    ("status: cancelled", subject(status="cancelled"), "status: cancelled", subject(status="scheduled")),
    ("admin_impact: [medium, high]", subject(admin_impact="high"), "admin_impact: high", subject(admin_impact="low")),
    ("user_impact: high", subject(user_impact="high"), "user_impact: high", subject(user_impact="medium")),
    ("action: required", subject(action="required"), "action: required", subject(action="optional")),
    ("default: 'on'", subject(default="on"), "default: on", subject(default="off")),
    ("event: [dates_moved, cancelled]", subject(events=("text_changed", "cancelled")), "event: cancelled", subject()),
    ("category: planforchange", subject(category="planForChange"), "category: planForChange", subject()),
    ("tag: [Admin impact]", subject(tags=("Update", "Admin Impact")), "tag: Admin Impact", subject(tags=("Update",))),
    ("crb: true", subject(crb=True), "crb: true", subject(crb=False)),
    ("training: false", subject(training=False), "training: false", subject(training=True)),
    ("major: true", subject(major=True), "major: true", subject(major=False)),
]  # fmt: skip


@pytest.mark.parametrize(("match", "holds", "words", "fails"), MATCHES, ids=[case[0] for case in MATCHES])
def test_each_key_of_a_match(match: str, holds: Subject, words: str, fails: Subject | None):
    condition = Match.model_validate(yaml.safe_load(match))

    assert matched(condition, holds, "teams") == (words,)
    assert matched(condition, fails or holds, "exchange") is None


def test_every_key_of_a_match_has_a_case():
    assert [case[0].partition(":")[0] for case in MATCHES] == list(Match.model_fields)


def test_all_conditions_must_hold():
    condition = Match.model_validate({"crb": True, "kind": "security"})

    assert matched(condition, subject(crb=True, kind="security"), None) == ("kind: security", "crb: true")
    assert matched(condition, subject(crb=True, kind="info"), None) is None


def test_an_empty_match_holds_for_everything():
    assert matched(Match(), subject(), None) == ()
