"""Everything that one sandbox consists of, started in order and stopped in reverse."""

import asyncio
import json
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from socket import socket

from aiohttp import web

from sandbox import azurite, tenants
from sandbox.clock import SandboxClock
from sandbox.errors import SandboxError
from sandbox.host.options import ROOT, HostOptions, listen
from sandbox.host.process import HostProcess
from sandbox.inbox.server import Inbox
from sandbox.memory import Memory, alone
from sandbox.microsoft365.courses import Script
from sandbox.microsoft365.feed import Feed
from sandbox.microsoft365.graph import COUNTS, graph_app
from sandbox.microsoft365.history import BEGINNING, Line
from sandbox.microsoft365.planner import Planner, plan_id
from sandbox.microsoft365.roadmap import PATH as ROADMAP
from sandbox.microsoft365.roadmap import roadmap_app
from sandbox.microsoft365.serving import serve
from sandbox.options import Options
from sandbox.package import unzip
from sandbox.report import Report
from sandbox.surroundings import note
from sandbox.ticket_systems import SYSTEMS, Server, server
from sandbox.ticket_systems.refusing import Switch
from shared.adapters.storage.blobs import AzureBlobs
from shared.adapters.storage.queues import AzureQueues
from shared.adapters.storage.tables import AzureTables
from shared.core import names
from shared.settings import LOCAL, Settings

DEPLOYMENT = "sandbox"
#: Stands for our own Graph, whose port is not known when a policy is looked at.
NOWHERE = "http://127.0.0.1:1"
_FEED = "/admin/serviceAnnouncement/messages"


@dataclass(frozen=True, slots=True)
class Story:
    """What the tenants will see, and when it begins. `script`: what becomes of the tasks, else a rule decides."""

    lines: list[Line]
    begin: datetime | None
    script: Script | None = None

    @property
    def plain(self) -> bool:
        """Posts that are all there from the beginning, not a history."""
        return all(line.observed == BEGINNING for line in self.lines)

    def between(self, after: datetime, until: datetime) -> int:
        """How many editions of posts are seen in that time."""
        return len({(line.id, line.observed) for line in self.lines if after < line.observed <= until})


@dataclass
class World:
    """A running sandbox. `seen`: until when the functions have looked at the story.

    `tickets`: the ticket system beside it, where it is not the register.
    """

    clock: SandboxClock
    inbox: Inbox
    host: HostProcess
    tables: AzureTables
    storage: azurite.Azurite
    settings: Settings
    places: dict[str, str]
    graph: web.Application
    story: Story
    last_look: datetime
    served: Counter[str] = field(default_factory=Counter)
    tickets: Server | None = None

    @property
    def graph_calls(self) -> int:
        return self.graph[COUNTS].total()


@asynccontextmanager
async def world(options: Options, story: Story, report: Report) -> AsyncIterator[World]:
    """Start everything; whatever happens, everything is stopped again."""
    async with AsyncExitStack() as stack:
        state = _folder(options, stack)
        stack.enter_context(alone(state))
        memory = Memory.of(state)
        listening = stack.enter_context(_port(options.port, memory, "functions"))
        file = options.policy or tenants.SAMPLE
        policy = file.read_text(encoding="utf-8")
        organisations = tenants.names(options.tenants)
        plans = {name: plan_id(name) for name in organisations}
        checked = tenants.checked(tenants.policy_text(policy, NOWHERE, plans), str(file))
        if not options.tickets and not options.allow:
            tenants.refuse_outside(checked, str(file), SYSTEMS)
        storage = await _storage(state, stack, in_memory=options.state is None)
        clock = SandboxClock(state)
        now = clock.start(story.begin)
        last_look = now if memory.start else BEGINNING
        stack.callback(clock.stop)

        feed = Feed(story.lines, organisations)
        graph = graph_app(feed, Planner(feed, memory.since(now), story.script, state / "planner.json"), clock)
        served = _count_posts(graph)
        graph_url = await _serve(graph, memory, "graph", stack)
        samples: list[dict[str, object]] | None = (
            None if story.script else []
        )  # a story of one's own has ids of its own
        roadmap_url = await _serve(roadmap_app(samples), memory, "roadmap", stack) + ROADMAP
        inbox = Inbox(clock, state / "cards.jsonl")
        inbox_url = await _serve(inbox.app(), memory, "inbox", stack)
        memory.ports["functions"] = listening.getsockname()[1]
        memory.save()

        url = f"http://127.0.0.1:{memory.ports['functions']}"
        settings = Settings(DEPLOYMENT, url, connection_string=storage.connection_string)
        text = tenants.policy_text(policy, graph_url, plans, roadmap_url)
        secrets = tenants.hooks(checked, inbox_url) | tenants.answer_keys(checked)
        board: Server | None = None
        board_url = ""
        if options.tickets:
            board = server(options.tickets, clock, *tenants.known_to_boards(checked))
            board_url = await _serve(Switch(options.tickets).before(board.app()), memory, "tickets", stack)
            text = tenants.with_tickets(text, checked, options.tickets, board.settings(board_url))
            secrets |= dict(board.secrets)
        for file in note(state, storage.connection_string, secrets):
            stack.callback(file.unlink, missing_ok=True)
        tables = await _furnish(settings, text, stack)
        host = HostProcess(_host_options(options, state), listening, _environment(settings) | secrets, report.warn)
        stack.push_async_callback(host.stop)
        await host.start()
        places = _places(url, inbox_url, state)
        if board:
            places = {**places, SYSTEMS[options.tickets].title: board_url + "/"}
        yield World(clock, inbox, host, tables, storage, settings, places, graph, story, last_look, served, board)


def _folder(options: Options, stack: AsyncExitStack) -> Path:
    if options.state is None:
        return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="foresignal-")))
    options.state.mkdir(parents=True, exist_ok=True)
    return options.state.resolve()


def _port(number: int, memory: Memory, what: str) -> socket:
    """The port asked for, else that of the last run, else a free one."""
    if number or not memory.ports.get(what):
        return listen(number)
    try:
        return listen(memory.ports[what])
    except SandboxError:
        return listen(0)


async def _serve(app: web.Application, memory: Memory, what: str, stack: AsyncExitStack) -> str:
    try:
        runner, port = await serve(app, memory.ports.get(what, 0))
    except SandboxError:
        runner, port = await serve(app, 0)
    stack.push_async_callback(runner.cleanup)
    memory.ports[what] = port
    return f"http://127.0.0.1:{port}"


async def _storage(state: Path, stack: AsyncExitStack, *, in_memory: bool) -> azurite.Azurite:
    running = await asyncio.to_thread(azurite.start, state, in_memory=in_memory)
    stack.push_async_callback(asyncio.to_thread, running.stop)
    return running


async def _furnish(settings: Settings, policy: str, stack: AsyncExitStack) -> AzureTables:
    """Tables, queues and containers as infra/ makes them in Azure, and the policy in its blob; uncounted."""
    nobody = Counter[str]()
    tables = AzureTables.connect(nobody, connection=settings.connection_string)
    stack.push_async_callback(tables.close)
    queues = AzureQueues.connect(nobody, connection=settings.connection_string)
    blobs = AzureBlobs.connect(nobody, connection=settings.connection_string)
    try:
        await asyncio.gather(
            tables.create(names.TABLES),
            queues.create([*names.EVERY_QUEUE, *(name + names.POISON for name in names.EVERY_QUEUE)]),
            blobs.create(names.CONTAINERS),
        )
        await blobs.put("config", "policy.yaml", policy.encode())
    finally:
        await queues.close()
        await blobs.close()
    return tables


def _host_options(options: Options, state: Path) -> HostOptions:
    folder = unzip(options.package, state / "package") if options.package else ROOT
    return HostOptions(
        state, folder=folder, lock=options.lock, pace=options.pace, claim=options.claim, max_dequeue=options.max_dequeue
    )


def _environment(settings: Settings) -> dict[str, str]:
    return {
        "AzureWebJobsStorage": settings.connection_string,
        "FORESIGNAL_DEPLOYMENT": settings.deployment,
        "FORESIGNAL_PUBLIC_URL": settings.public_url,
        LOCAL: "1",
    }


def _places(url: str, inbox_url: str, state: Path) -> dict[str, str]:
    return {
        "Teams inbox": inbox_url + "/",
        "Home": f"{url}/",
        "Review": f"{url}/api/review",
        "Changes": f"{url}/api/changes",
        "Board": f"{url}/api/board",
        "Metrics": f"{url}/api/metrics",
        "Health": f"{url}/api/status",
        "Log of the functions": str(state / "host.log"),
        "For foresignal ... --state": str(state),
    }


def _count_posts(graph: web.Application) -> Counter[str]:
    """Counts the posts in every page of a feed that Graph hands out."""
    served = Counter[str]()

    @web.middleware
    async def count(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        response = await handler(request)
        if request.path.endswith(_FEED) and isinstance(response, web.Response) and response.text:
            served["posts"] += len(json.loads(response.text).get("value", ()))
        return response

    graph.middlewares.append(count)
    return served
