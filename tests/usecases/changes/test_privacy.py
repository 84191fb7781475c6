"""What a post on data privacy says reaches privacy readers only: every place where others look is searched for it."""

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest

from shared.adapters.pages.change import change_page
from shared.adapters.pages.metrics import metrics_page
from shared.adapters.pages.register import register_page
from shared.core.life.flat import change_rows, figure_rows
from shared.core.life.scope import Scope
from shared.core.policy.model import Channel, Role, Roles
from shared.core.posts.privacy import PRIVATE_TITLE
from shared.usecases.changes.reading import rereadings
from shared.usecases.pages import change
from shared.usecases.pages.health import health
from shared.usecases.pages.metrics import metrics_data, metrics_view
from shared.usecases.pages.register import register
from tests.fakes import NOW
from tests.usecases.world import World, policy, post

READERS = "privacy"
FAKE = Channel(kind="fake")
SAID = ("quetzal", "2026-10-20", "20 October 2026", "October 20, 2026")
"""Words of the title and the text, and the day to act by as it may be written."""
SPELLINGS = {
    "GDPR": {"tags": ["GDPR"]},
    "Data privacy": {"tags": ["Data privacy"]},
    "stub": {
        "tags": [],
        "body": {
            "contentType": "html",
            "content": "<p>About the quetzal: a Message Center Privacy Reader can read this.</p>",
        },
    },
}


def private(**over: Any) -> Any:
    return post(title="Act on the quetzal incident", actionRequiredByDateTime="2026-10-20T00:00:00Z", **over)


@pytest.fixture(params=SPELLINGS)
def spelling(request: pytest.FixtureRequest) -> Any:
    return SPELLINGS[request.param]


def a_world(**over: Any) -> World:
    in_force = policy(**over)
    readers = Roles(privacy_readers=Role(who=("pia@contoso.example",), channel=READERS))
    return World(in_force.model_copy(update={"roles": readers, "channels": {**in_force.channels, READERS: FAKE}}))


async def pages(world: World) -> dict[str, str]:
    """Every page, and every list that pages are made of."""
    view = await change.change(world.deps, "MC1200001")
    assert view
    shown = await metrics_view(world.deps, privacy=True)
    data = await metrics_data(world.deps, Scope(), privacy=True)
    return {
        "change": change_page(
            view.change, view.copies, view.effects, view.roadmap, view.variants, view.related, as_of=NOW.date()
        ),
        "metrics": metrics_page(shown),
        "metrics as data": json.dumps([*change_rows(data.lives, NOW.date()), *figure_rows(data.measures)]),
        "register": register_page(await register(world.deps, privacy=True)),
        "health": json.dumps(await health(world.deps), default=str),
        "open": repr(await world.all("open")),
        "closings": repr(await world.all("closings")),
        "reread": repr([asdict(each) async for each in rereadings(world.deps)]),
    }


async def test_it_reaches_the_readers_channel_and_no_ticket_system(spelling: Any) -> None:
    world = a_world()
    await world.arrive(private(**spelling))

    assert set(world.inbox.channels) == ({READERS} if spelling["tags"] else set())  # the stub alone asks for nothing
    assert not (await register(world.deps, privacy=True)).tickets


async def test_no_page_and_no_list_says_what_it_says(spelling: Any) -> None:
    world = a_world()
    await world.arrive(private(**spelling))
    await world.mend()

    shown = {name: [word for word in SAID if word in text.casefold()] for name, text in (await pages(world)).items()}

    assert not any(shown.values()), shown
    assert PRIVATE_TITLE in (await pages(world))["change"]


async def test_a_list_written_before_is_put_right_at_night() -> None:
    world = a_world()
    await world.arrive(private(tags=[]))
    assert "quetzal" in repr(await world.all("open"))

    await world.arrive(private(tags=["GDPR"], modified="2026-09-01T10:00:00Z"))
    await world.mend()

    assert "quetzal" not in repr(await world.all("open"))


async def test_no_log_says_what_it_says(spelling: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "foresignal")
    world = a_world()
    await world.arrive(private(**spelling))
    world.clock.forward(hours=1)
    await world.drain(timedelta(days=1))
    await world.mend()

    assert not [record.getMessage() for record in caplog.records if "quetzal" in record.getMessage().casefold()]
