"""The process owner hears once of a wrong policy, and once that it is well again."""

import pytest

from shared.core.errors import TransientError
from shared.core.policy.model import Channel, Role, Roles
from shared.usecases.policy.watch import watch_policy
from tests.usecases.world import World, policy

WRONG = "blob config/policy.yaml has 2 faults: policy.yaml:3: teams: missing; policy.yaml:9: routes: missing"


def world(**roles):
    plain = policy()
    return World(
        policy(
            channels={"process": Channel(kind="fake")},
            roles=Roles(**roles),
            routes=plain.routes.model_copy(update={"routes": ()}),
            teams={"workplace": plain.teams["workplace"].model_copy(update={"channel": ""})},
            workloads={},
        )
    )


def owned():
    return world(process_owner=Role(who=("eva@contoso.example",), channel="process"))


async def test_a_wrong_policy_is_told_once_however_often_it_is_looked_at():
    mine = owned()
    mine.policy.failure = WRONG

    assert [await watch_policy(mine.worker()) for _ in range(3)] == ["wrong", "", ""]

    (card,) = mine.inbox.cards
    assert card.title == "The pushed policy is not in force"
    assert card.lines == ("policy.yaml:3: teams: missing", "policy.yaml:9: routes: missing")
    assert card.who == ("eva@contoso.example",)


async def test_another_fault_is_told_anew_and_the_end_of_it_once():
    mine = owned()
    told = []
    for failure in ("", WRONG, WRONG + "!", "", ""):
        mine.policy.failure = failure
        told.append(await watch_policy(mine.deps))

    assert told == ["", "wrong", "wrong", "well", ""]


async def test_a_fault_is_told_within_a_quarter_of_an_hour_and_its_end_within_the_hour():
    mine = owned()
    mine.clock.forward(minutes=19)
    mine.policy.failure = WRONG
    assert await watch_policy(mine.deps) == "wrong"
    before, mine.policy.failure = mine.tables.calls, ""

    assert [await _later(mine, minutes=15) for _ in range(3)] == ["", "", "well"]  # at 34, 49 and 4
    assert mine.tables.calls - before == 2  # looks, and notes it


async def _later(mine, **span):
    mine.clock.forward(**span)
    return await watch_policy(mine.deps)


async def test_where_nobody_is_named_it_is_logged_and_nothing_fails(caplog):
    mine = world()
    mine.policy.failure = WRONG

    assert await watch_policy(mine.deps) == ""
    assert "roles.process_owner" in caplog.text


async def test_a_channel_that_is_down_is_tried_again_the_next_time(caplog):
    mine = owned()
    mine.policy.failure = WRONG
    plain = mine.inbox.post

    async def down(card):
        raise TransientError("Teams is down")

    mine.inbox.post = down
    assert await watch_policy(mine.deps) == ""
    assert "Teams is down" in caplog.text
    mine.inbox.post = plain

    assert await watch_policy(mine.deps) == "wrong"


@pytest.mark.parametrize("faults", [0, 1, 400])
def test_the_card_is_a_card_whatever_the_faults_are(faults):
    from shared.adapters.cards.adaptive import LIMIT, quoted_size, render
    from shared.core.cards.notice import Notice
    from tests.adapters.cards.checks import parse_events, schema

    lines = tuple(
        f'policy.yaml:{n}: routes[{n}].match: "[x](y)" *is* wrong {{{{7*7}}}} ' + "x" * 300 for n in range(faults)
    )
    card = render(Notice("T", "text", lines, ("eva",), (("Status", "https://x.example/api/status"),), bad=True))

    schema().validate(card)
    assert parse_events([card]) == [[]]
    assert quoted_size(card) <= LIMIT
