"""Run with the code of another version, whatever it is: plays the sample posts, or looks at what stands there.

`story`: three weeks in two tenants, with what people said; prints the time at its end. `look TIME`: a day more of the
same posts, and every page; prints what came of it as JSON. STORAGE: the connection string.
"""

import asyncio
import json
import os
import sys
from datetime import datetime, timedelta

import azure.functions as func

from sandbox.inbox.server import Inbox
from sandbox.microsoft365.credential import SandboxCredential
from sandbox.microsoft365.feed import Feed
from sandbox.microsoft365.graph import graph_app
from sandbox.microsoft365.planner import Planner, plan_id
from sandbox.microsoft365.serving import serve
from sandbox.tenants import SAMPLE, policy_text
from shared import app
from shared.record.changes import all_changes
from shared.record.parked import parked_items
from shared.record.people import KnownPerson
from shared.record.register import entries, move_entry
from shared.usecases.review.decide import Speaker, answer
from tests.bench import SAMPLES
from tests.pump import _FUNCTIONS, Pump, StillClock, utc

TENANTS = ("contoso", "fabrikam")
BEGIN = utc(2026, 8, 24, 7)
ANA = KnownPerson("0f8e0000-0000-4000-8000-000000000001", "Ana Torres", "ana@contoso.example")
PAGES = ("home", "changes", "metrics", "register", "owners", "maturity", "reports_list", "review", "board", "calendar")


class Secrets:
    def __init__(self, inbox: str) -> None:
        self.inbox = inbox

    async def get(self, name: str, host: str = "") -> str:
        return f"{self.inbox}/hook/{name.removeprefix('TEAMS_').removesuffix('_URL').lower()}?sig=x"


async def live(pump: Pump, clock: StillClock, minutes: int = 15) -> None:
    clock.now += timedelta(minutes=minutes)
    for timer in (
        "fetch_posts",
        "fetch_tasks",
        "follow_tickets",
        "hand_out",
        "digest",
        "watch_policy",
        "remind",
        "index",
    ):
        await pump.timer(timer)
        await pump.drain()


async def story(pump: Pump, clock: StillClock) -> str:
    for days in range(0, 22, 2):
        clock.now = BEGIN + timedelta(days=days)
        await live(pump, clock)
        await live(pump, clock)
    deps = app.current().deps
    open_ones = [
        each.change async for each in all_changes(deps.storage.tables) if each.effects and not each.change.closed
    ]
    for said, change in zip(("own", "no_impact", "done"), open_ones, strict=False):
        assert change.decision
        await answer(deps, change.id, said, Speaker(ANA, change.decision.teams[0]))
    first = next(each for each in await entries(deps.storage.tables) if each.state == "new")
    await move_entry(deps.storage.tables, first.number, "authorize", "discussed", clock.now, "ana")
    await live(pump, clock)
    await pump.timer("mend")
    await pump.drain()
    await pump.timer("index")
    return clock.now.isoformat()


async def look(pump: Pump, clock: StillClock, inbox: Inbox) -> str:
    deps = app.current().deps

    async def stands() -> dict[str, object]:
        return {
            "tickets": len(await entries(deps.storage.tables)),
            "cards": len(inbox.cards),
            "parked": len(await parked_items(deps.storage.tables)),
            "changes": len([1 async for _ in all_changes(deps.storage.tables)]),
        }

    before = await stands()
    await live(pump, clock)
    await live(pump, clock)
    await pump.timer("mend")
    await pump.drain()
    await live(pump, clock)
    after = await stands()
    pages = {name: await page(name) for name in PAGES if name in _FUNCTIONS}
    async for record in all_changes(deps.storage.tables):
        pages[record.change.id] = await page("change", id=record.change.id)
    wrong = {name: status for name, status in pages.items() if status != 200}
    return json.dumps({"before": before, "after": after, "wrong": wrong, "pages": len(pages)})


async def page(name: str, **route: str) -> int:
    request = func.HttpRequest(
        "GET", f"http://127.0.0.1/api/{name}", headers={}, params={}, route_params=route, body=b""
    )
    return int((await _FUNCTIONS[name].get_user_function()(request)).status_code)


async def main(what: str, *at: str) -> None:
    clock = StillClock(datetime.fromisoformat(at[0]) if at else BEGIN)
    feed = Feed.from_file(SAMPLES, TENANTS)
    graph, graph_port = await serve(graph_app(feed, Planner(feed, BEGIN), clock))
    inbox = Inbox(clock)
    served, inbox_port = await serve(inbox.app())
    secrets = Secrets(f"http://127.0.0.1:{inbox_port}")
    pump = Pump(os.environ["STORAGE"], clock, credential=lambda name, _: SandboxCredential(name), secrets=secrets)
    await pump.prepare()
    plans = {name: plan_id(name) for name in TENANTS}
    text = policy_text(SAMPLE.read_text(encoding="utf-8"), f"http://127.0.0.1:{graph_port}", plans)
    await app.current().blobs.put("config", "policy.yaml", text.encode())
    said = await (story(pump, clock) if what == "story" else look(pump, clock, inbox))
    await pump.close()
    await graph.cleanup()
    await served.cleanup()
    print(said)  # noqa: T201 - how it answers


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
