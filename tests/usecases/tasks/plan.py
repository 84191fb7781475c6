"""The sandbox's Planner over HTTP, with our own adapter for Graph in front of it, in a world of the tests."""

from collections import Counter
from contextlib import asynccontextmanager
from datetime import timedelta

from sandbox.microsoft365.credential import SandboxCredential
from sandbox.microsoft365.faults import Faults
from sandbox.microsoft365.feed import Feed
from sandbox.microsoft365.graph import graph_app
from sandbox.microsoft365.history import Line
from sandbox.microsoft365.planner import Planner, plan_id
from sandbox.microsoft365.serving import serve
from shared.adapters.clients.graph import Graph
from shared.adapters.clients.reach import Reach
from shared.adapters.tasks.planner import Planner as PlannerAdapter
from shared.core.policy.model import Team, Tenant
from shared.core.policy.planner import PlannerWrites
from shared.core.tasks.merging import read_seen
from shared.usecases.tasks.write_back import write_back
from shared.usecases.upkeep.lists import index
from tests.fakes import NOW, deps_with
from tests.usecases.world import World, policy, post

ANA, BEN, CYD = (f"00000000-0000-4000-8000-00000000000{n}" for n in "abc")


def change_id(number):
    return f"MC{1200001 + number}"


class PlannedWorld(World):
    """A world with the sandbox's Planner. `planner`: what a person edits; `calls`: requests to Graph."""

    def __init__(self, planner, faults, adapter, calls, url, mode="live", **named):
        teams = {
            "workplace": Team(owner="ana@contoso.example", channel="workplace"),
            "messaging": Team(owner="ben@contoso.example", owner_id=ANA, channel="messaging"),
        }
        tenants = {"contoso": Tenant(plan=plan_id("contoso"), graph_url=url)}
        in_force = policy(tenants=tenants, teams=teams, planner=PlannerWrites(mode=mode))
        super().__init__(in_force, **named)
        self.planner, self.faults, self.calls = planner, faults, calls
        self.tasks, self.names = adapter, {}
        outside = self.deps.outside
        self.deps = deps_with(self.deps, feeds={**outside.feeds, "planner": adapter}, tasks=adapter)

    async def arrive_and_plan(self, numbers):
        """Posts arrive, their tasks are read, and the lists are built."""
        await self.arrive(*(post(change_id(number)) for number in numbers))
        await self.fetch("planner")
        await index(self.deps)

    async def write(self):
        """One run of the timer, a quarter of an hour later."""
        self.clock.forward(minutes=15)
        return await write_back(self.deps)

    async def track(self):
        self.clock.forward(minutes=15)
        await self.fetch("planner")

    def task(self, number=0):
        known = self.names.get(number)
        if known is None or self.planner.task(known, self.clock()) is None:
            wanted = f"[{change_id(number)}]"
            tasks = self.planner.tasks("contoso", self.clock())
            self.names[number] = next(task["id"] for task in tasks if wanted in task["title"])
        return self.planner.task(self.names[number], self.clock())

    def seen(self, number=0):
        task = self.task(number)
        return read_seen(task, self.planner.details(task["id"], self.clock()))


@asynccontextmanager
async def planned(count, known=None, mode="live", first_run=True, around=lambda adapter: adapter, **named):
    """A plan of so many tasks; the posts of the first `known` of them arrive, once it is switched on."""
    faults, calls = Faults(), Counter()
    begun = NOW - timedelta(hours=1)
    posts = [post(change_id(number)) for number in range(count)]
    feed = Feed([Line(begun, ("contoso",), each["id"], each) for each in posts], ("contoso",))
    script = {"contoso": [{"post": each["id"], "made_after_hours": 0} for each in posts]}
    planner = Planner(feed, begun, script)
    world = None

    def current():
        return world.clock() if world else NOW

    server, port = await serve(graph_app(feed, planner, current, faults))
    graph = Graph(lambda name, tenant: SandboxCredential(name), calls, reach=Reach(loopback=True))
    try:
        adapter = around(PlannerAdapter(graph))
        world = PlannedWorld(planner, faults, adapter, calls, f"http://127.0.0.1:{port}", mode, **named)
        if first_run:
            await write_back(world.deps)  # switched on
        await world.arrive_and_plan(range(count if known is None else known))
        yield world
    finally:
        await graph.close()
        await server.cleanup()
