"""The budgets of docs/architecture.md, counted: `make bench`. Exits 1 where one is broken."""

import asyncio
import gzip
import itertools
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import azure.functions as func
import yaml

from functions.pages.respond import html, respond
from sandbox import azurite
from sandbox.inbox.server import Inbox
from sandbox.microsoft365.credential import SandboxCredential
from sandbox.microsoft365.feed import Feed
from sandbox.microsoft365.graph import graph_app
from sandbox.microsoft365.planner import Planner, plan_id
from sandbox.microsoft365.serving import serve
from shared import app
from shared.core.changes.change import Change, Closing, Decision, Edition, Effect, EffectState, Facts, TicketState
from shared.core.classify.classifier import classify
from shared.core.life.figures import is_live
from shared.core.life.line import Line
from shared.core.life.line_parts import change_part, closing_part, task_part, tenants_part, ticket_part
from shared.core.life.periods import month_of
from shared.core.policy.model import Policy, Route
from shared.core.posts.classification import Classification, Interval, Why, Window
from shared.core.posts.particulars import Control, Particulars
from shared.core.posts.post import Post, read_post
from shared.core.tasks.task import TaskState
from shared.core.terms import Kind, Status
from shared.record.changes import all_changes
from shared.record.lists import LAG, insert_touched, put_listings
from shared.record.people import KnownPerson
from shared.usecases.pages.answer import answer_view
from shared.usecases.pages.home import count, home
from shared.usecases.pages.metrics import metrics_view
from shared.usecases.reports.make import month_made
from shared.usecases.review.decide import Speaker, answer
from shared.usecases.upkeep.lists import index
from tests.figures import Figure
from tests.pump import OneSecret, Pump, StillClock, function_named, utc

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "sandbox" / "samples" / "history.jsonl"
REAL = ROOT.parent / "shared" / "data" / "messages.jsonl.gz"  # not ours to ship; measured where it is there
POSTS = 1000
LISTED = 20_000
ARCHIVES = (1_000, 5_000)
"""Archives of 20,000 changes are counted by `python -m tests.archived 20000`: the emulator takes long to hold one."""
FURTHER = 30
NOW = utc(2026, 9, 1, 9)
_WORDS = [
    f"{start}{middle}{end}"
    for start in ("ad", "con", "pre", "re", "sub", "trans", "in", "de", "ex", "per")
    for middle in ("min", "fig", "view", "port", "mit", "form", "sign", "vers")
    for end in ("s", "ed", "ing", "ion", "al", "")
]


def a_post(number: int, *, old: bool) -> dict[str, Any]:
    """A post of ordinary size (about 5 kB) in our own words; old ones concern nobody at a first load."""
    start = NOW - timedelta(days=200 if old else 1)
    words = f"Change {number} moves the settings of the fictitious product {number % 17} to a new page."
    chance = random.Random(number)  # words in no order compress no better than Microsoft's do
    text = "".join(f"<p>{' '.join(chance.choices(_WORDS, k=20))}.</p>" for _ in range(18))
    when = "early to mid-October 2026" if not old else "early February 2026 and expect to complete by mid-February 2026"
    return {
        "id": f"MC{1_000_000 + number * 61}",
        "title": f"Product {number % 17} will be retired on its old page {number}",
        "startDateTime": start.isoformat(),
        "endDateTime": (NOW + timedelta(days=60)).isoformat(),
        "lastModifiedDateTime": start.isoformat(),
        "category": "planForChange",
        "severity": "normal",
        "isMajorChange": True,
        "actionRequiredByDateTime": None if old else "2026-10-20T00:00:00Z",
        "services": ["Exchange Online"],
        "tags": ["Admin impact", "User impact", "Retirement"],
        "details": [{"name": "Summary", "value": words}],
        "body": {
            "contentType": "html",
            "content": f"<p>[When this will happen:]</p><p>General Availability (Worldwide): We will begin rolling out "
            f"{when}.</p><p>The old page will be retired and removed; admins must migrate before.</p>{text}",
        },
    }


def policy(graph: str, tenants: Sequence[str]) -> bytes:
    held = {name: {"graph_url": graph, **({"plan": plan_id(name)} if name == "contoso" else {})} for name in tenants}
    return yaml.safe_dump(
        {
            "tenants": held,
            "teams": {"messaging": {"owner": "ana@contoso.example", "channel": "messaging"}},
            "workloads": {"exchange": {"services": ["Exchange Online"], "team": "messaging"}},
            "channels": {"messaging": {"kind": "teams_workflow", "settings": {"url": "TEAMS_MESSAGING_URL"}}},
            "tickets": {"crb": {"kind": "register"}},
            "routes": {"team": "messaging", "ticket": "crb", "cards": "owner"},
        }
    ).encode()


async def functions(connection: str) -> list[Figure]:
    """Run in a process of its own, so that its memory is that of the functions; the servers run in the other one."""
    place = json.loads(sys.stdin.readline())
    clock = StillClock(NOW)
    pump = Pump(
        connection, clock, credential=lambda name, _: SandboxCredential(name), secrets=OneSecret(place["inbox"])
    )
    await pump.prepare()
    await app.current().blobs.put("config", "policy.yaml", place["policy"].encode())
    await app.current().policy.current()
    figures: list[Figure] = []

    async def run(minutes: int) -> tuple[int, int]:
        clock.now += timedelta(minutes=minutes)
        app.current().policy._read_at = clock.now  # the policy is read already: the minute of its cache is not counted
        storage, graph = pump.calls["storage"], pump.calls["graph"]
        await pump.timer("fetch_posts")
        await pump.drain()
        return pump.calls["storage"] - storage, pump.calls["graph"] - graph

    storage, _ = await run(0)
    figures.append(Figure("storage calls per post copy, first load", storage / (2 * POSTS), 0.5))
    figures.append(Figure("memory of the functions process, MiB", memory(), 160))
    storage, graph = await run(15)
    figures.append(Figure("storage calls, unchanged tenant", storage / 2, 4))
    figures.append(Figure("Graph calls, unchanged tenant", graph / 2, 1))
    await pump.timer("digest")  # it makes the channel known, whose first half hour is over before its first card
    clock.now += timedelta(minutes=45)
    before_digest = pump.calls["storage"]
    await pump.timer("digest")
    figures.append(Figure("storage calls, digest with nothing to send", pump.calls["storage"] - before_digest, 2))
    await _told("one")
    quiet = 3  # the other tenant's fetch, which finds nothing
    storage, _ = await run(15)
    figures.append(Figure("storage calls, one new post to card and ticket", storage - quiet, 28))
    counts = await count(app.current().deps)
    assert (counts.tickets, counts.cards, counts.parked) == (1, 1, 0), f"the post did not arrive: {counts}"
    figures += await answers(pump)
    await _told("many")
    before = pump.by_queue["posts"]["calls"]
    await app.current().blobs.put("config", "policy.yaml", place["wider"].encode())
    clock.now += timedelta(minutes=2)
    await app.current().policy.current()
    await run(15)
    figures.append(
        Figure(
            "deduplicate, per tenant with a known edition", (pump.by_queue["posts"]["calls"] - before) / FURTHER, 3.5
        )
    )
    figures += await lists(pump)
    await pump.close()
    return figures


async def lists(pump: Pump) -> list[Figure]:
    """Twenty thousand changes in lists: bytes, and calls of a page and of `index`."""
    deps, clock = app.current().deps, app.current().deps.here.clock
    lines = [a_line(number) for number in range(LISTED)]
    live = [line for line in lines if is_live(line, clock())]
    assert 2_400 < len(live) < 2_600
    await put_listings(deps.storage.blobs, live, lines, clock() - LAG, "bench")
    for line in live[:20]:
        await insert_touched(deps.storage.tables, [line], clock(), line.id)

    async def calls(run: Callable[[Any], Awaitable[object]]) -> int:
        before = pump.calls["storage"]
        await run(deps)
        return pump.calls["storage"] - before

    figures = [figure for page in PAGES for figure in await page_figures(pump, *page)]
    assert (await home(deps)).figures.changes >= LISTED
    await insert_touched(deps.storage.tables, [a_line(LISTED)], clock(), "news")
    news, nothing = await calls(index), await calls(index)
    page = await calls(lambda deps: metrics_view(deps, privacy=True))
    report = await calls(lambda deps: month_made(deps, month_of(NOW.date())))
    live_bytes, every_byte = [len(await deps.storage.blobs.get("lists", name) or b"") for name in ("live.z", "rest.z")]
    return [
        *figures,
        Figure("metrics of 20,000 changes, storage calls", page, 5),
        Figure("a report over 12 months, storage calls", report, 30),
        Figure("index, storage calls, news", news, 6),
        Figure("index, storage calls, nothing touched", nothing, 3),
        Figure("lists of 20,000 changes, KB", every_byte / 1000, 1200),
        Figure("lists of 2,500 live changes, KB", live_bytes / 1000, 200),
    ]


PAGES: Sequence[tuple[str, str, dict[str, str]]] = (
    ("changes", "changes", {}),
    ("search", "changes", {"q": "admins", "state": "open"}),
    ("home", "home", {}),
    ("review", "review", {}),
    ("board", "board", {}),
    ("register", "register", {}),
    ("calendar", "calendar", {}),
    ("metrics", "metrics", {}),
    ("owners", "owners", {}),
)
"""Pages over 20,000 changes: what each is called here, its function, and what its address says."""


async def page_figures(pump: Pump, name: str, function: str, params: dict[str, str]) -> list[Figure]:
    """A page over HTTP: calls where the process knows nothing and where it knows the lists, weight, and time.

    Time is the median of what it takes longer than a page of the same size that only stands there, one after the other.
    """
    deps, policy = app.current().deps, app.current().policy
    show = function_named(function)
    request = func.HttpRequest("GET", f"http://127.0.0.1/api/{function}", params=params, body=b"")

    async def asked() -> tuple[int, bytes]:
        before = pump.calls["storage"]
        answer = await show(request)
        assert answer.status_code == 200, answer.get_body()
        return pump.calls["storage"] - before, answer.get_body()

    async def seconds(step: Callable[[], Awaitable[object]]) -> float:
        began = time.perf_counter()
        await step()
        return time.perf_counter() - began

    lists = deps.here.lists
    lists.live = lists.rest = lists.both = policy._read_at = None
    cold, page = await asked()
    warm, _ = await asked()

    async def static() -> object:
        return await respond(request, stands_there)

    async def stands_there(*_: object) -> func.HttpResponse:
        return html(page.decode())

    over = statistics.median([await seconds(asked) - await seconds(static) for _ in range(15)])
    return [
        Figure(f"{name} over 20,000 changes, storage calls, cold", cold, 6),
        Figure(f"{name} over 20,000 changes, storage calls, warm", warm, 3),
        Figure(f"{name} over 20,000 changes, ms above a static page", over * 1000, 150),
        Figure(f"{name} over 20,000 changes, KB", len(page) / 1000, 200),
    ]


def a_line(number: int) -> Line:
    """A change with a title of its own; one in six has a ticket and a task, one in eight is young enough to be live.

    Three of five young ones are open. One in seven names controls, and every other one an id of the roadmap.
    """
    chance = random.Random(number)
    young = number % 8 == 0
    is_open = young and number // 8 % 5 < 3
    seen = NOW - timedelta(days=chance.randrange(400) if young else chance.randrange(402, 14 * 365))
    act_by = (seen + timedelta(days=chance.randrange(30, 200))).date() if chance.random() < 0.3 else None
    title = " ".join(chance.choices(_WORDS, k=10))
    kind, why = chance.choice(get_args(Kind)), {"kind": Why("", 1.0 if number % 10 else 0.3)}
    days = Interval(first := NOW.date() + timedelta(days=chance.randrange(1, 90)), first + timedelta(days=20))
    plan = (Window("ga", ("worldwide",), days, days),) if is_open else ()
    status: Status = "scheduled" if is_open else "no_schedule"
    read = Classification(f"MC{number}", windows=plan, status=status, act_by=act_by, kind=kind, why=why)
    named = chance.sample(_WORDS, 6) if number % 7 == 0 else []
    controls = tuple(Control("setting", " ".join(named[at : at + 3]), "") for at in range(0, len(named), 3))
    edition = Edition(seen, seen, f"{number:064x}", "contoso")
    facts = Facts(read, "planForChange", False, (), title, particulars=Particulars(controls=controls))
    edition = replace(edition, facts=facts)
    decision = Decision(edition.id, seen, (f"team{number % 9}",), (f"workload{number % 13}",))
    raw = {"id": f"MC{100_000 + number * 61}", "title": title, "services": [f"Product {number % 17}"]}
    if number % 2:
        raw["details"] = [{"name": "RoadmapIds", "value": str(chance.randrange(80_000, 600_000))}]
    change = Change(raw["id"], raw, seen, (edition,), stage="decided", decision=decision)
    parts = [change_part(change, Policy.model_construct(tenants={}, routes=Route(team="w")), NOW)]
    parts += [part for part in [tenants_part(change, ("contoso", "fabrikam"), NOW)] if part]
    if is_open and number % 3 == 0:
        effect = Effect("ticket", "crb", f"team{number % 9}", edition.id, ())
        waiting = TicketState(f"CHG{number}", f"https://board.example/{number}", "assess", opened_at=seen)
        parts.append(ticket_part(EffectState(effect, ticket=waiting), 2))
    elif number % 6 == 0:
        effect = Effect("ticket", "crb", f"team{number % 9}", edition.id, ())
        ticket = TicketState(f"CHG{number}", f"https://board.example/{number}", "closed", opened_at=seen)
        name, etag = (f"{chance.getrandbits(128):x}" for _ in range(2))
        task = TaskState("contoso", name, etag, seen, None, seen)
        change = replace(change, closed=Closing(seen, "ticket", ticket.number, 1), closings=1)
        parts += [ticket_part(EffectState(effect, ticket=ticket), 3), task_part(task), closing_part(change) or parts[0]]
    return Line(change.id, tuple(sorted(parts, key=lambda part: part.name)))


async def answers(pump: Pump) -> list[Figure]:
    """What it costs to ask and to answer, of somebody whom nobody knows yet; the policy is read, and counted."""
    deps = app.current().deps
    (change_id, *_) = [each.change.id async for each in all_changes(deps.storage.tables) if each.effects]
    ana = KnownPerson("0f8e0000-0000-4000-8000-000000000001", "Ana Torres", "ana@contoso.example")

    async def calls(step: Awaitable[object]) -> int:
        before = pump.calls["storage"]
        assert await step is not None
        return pump.calls["storage"] - before + 1

    asked = await calls(answer_view(deps, None, change_id, ana, ["reviewer"]))
    owned = await calls(answer(deps, change_id, "own", Speaker(ana, "messaging")))
    board = await calls(answer(deps, change_id, "board", Speaker(ana, "messaging")))
    again = await calls(answer(deps, change_id, "own", Speaker(replace(ana, id=ana.id[:-1] + "2"), "messaging")))
    return [
        Figure("storage calls, the page that asks for an answer", asked, 3),
        Figure("storage calls, somebody's first answer", owned, 8),
        Figure("storage calls, another answer", board, 8),
        Figure("storage calls, an answer that somebody else gave", again, 8),
    ]


def memory() -> float:
    """MiB resident in this process now."""
    status = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith("VmRSS")).split()[1]) / 1024


async def _told(step: str) -> None:
    """Ask the other process for the next step of the story, and wait for it."""
    print(json.dumps({"step": step}), flush=True)  # noqa: T201 - the pipe between the two processes
    await asyncio.to_thread(sys.stdin.readline)


async def measure() -> list[Figure]:
    """Azurite, Graph and the inbox here; the functions in a child."""
    further = tuple(f"tenant{n:03d}" for n in range(FURTHER))
    both, clock = ("contoso", "fabrikam"), StillClock(NOW)
    feed = Feed([], (*both, *further))
    for number in range(POSTS):
        for tenant in both:
            feed.publish(tenant, a_post(number, old=True), NOW)
    graph, graph_port = await serve(graph_app(feed, Planner(feed, NOW, {}), clock))
    inbox, inbox_port = await serve(Inbox(clock).app())
    url = f"http://127.0.0.1:{graph_port}"
    fresh = a_post(POSTS, old=False)
    with tempfile.TemporaryDirectory() as state:
        storage = azurite.start(Path(state), in_memory=True)
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.bench", "functions", storage.connection_string,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, limit=2**24,
        )  # fmt: skip
        assert child.stdin
        assert child.stdout
        place = {
            "inbox": f"http://127.0.0.1:{inbox_port}/hook/messaging?sig=bench",
            "policy": policy(url, both).decode(),
            "wider": policy(url, (*both, *further)).decode(),
        }
        child.stdin.write(json.dumps(place).encode() + b"\n")
        figures: list[Figure] = []
        async for line in child.stdout:
            said = json.loads(line)
            if "figures" in said:
                figures = [Figure(*item) for item in said["figures"]]
                continue
            for tenant in ("contoso",) if said["step"] == "one" else further:
                feed.publish(tenant, fresh, NOW)
            child.stdin.write(b"\n")
        await child.wait()
        storage.stop()
    await graph.cleanup()
    await inbox.cleanup()
    return figures


def first_messages() -> list[Figure]:
    """A process that has handled its first message of a queue: its modules, and its CPU by that of azure.functions."""
    from tests import waking  # it takes posts and policies from here

    return [
        figure
        for (_, queue), runs in waking.measured().items()
        for figure in (
            Figure(f"first message of {queue}, modules", max(each.modules for each in runs), waking.MOST[queue]),
            Figure(
                f"first message of {queue} / import azure.functions", statistics.median(each.ratio for each in runs), 13
            ),
        )
    ]


def import_ratio(rounds: int = 15) -> Figure:
    """`import function_app` against `import azure.functions`, in turn, in fresh interpreters; the pairs' median."""

    def seconds(module: str) -> float:
        code = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
        return float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout)

    ratios = [seconds("function_app") / seconds("azure.functions") for _ in range(rounds)]
    return Figure("import function_app / import azure.functions", statistics.median(ratios), 1.5)


def classifier() -> list[Figure]:
    """CPU time of the whole classification of a post, against that of the standard library's parser on its body.

    Over the samples and, where they are there, real posts. A ratio, because machines differ by more than any change
    to the classifier does. Bodies of samples are shorter than real ones, and cost less to parse.
    """
    samples = [item["post"] for item in map(json.loads, SAMPLES.read_text("utf-8").splitlines()) if "post" in item]
    figures = [
        Figure("classify a sample post / parse its body", classify_ratio([read_post(raw) for raw in samples]), 10.0)
    ]
    if REAL.exists():
        with gzip.open(REAL, "rt", encoding="utf-8") as lines:
            real = [read_post(json.loads(line)) for line in itertools.islice(lines, 500)]
        figures.append(Figure("classify a real post / parse its body", classify_ratio(real), 14.0))
    return figures


def classify_ratio(posts: Sequence[Post], rounds: int = 7) -> float:
    """CPU of classifying these posts by that of parsing their bodies, in turn; the rounds' median."""

    def seconds(work: Callable[[Post], object]) -> float:
        began = time.process_time()
        for post in posts:
            work(post)
        return time.process_time() - began

    return statistics.median(
        seconds(classify) / seconds(lambda post: HTMLParser().feed(post.body)) for _ in range(rounds)
    )


def quiet() -> list[Figure]:
    """A quiet day of a deployment, and what must not grow with the archive."""
    from tests import archived, idle  # they take posts and policies from here

    day = asyncio.run(idle.measured())
    figures = [
        Figure("table calls, a quiet day", day.tables.total(), 1000),
        Figure("table calls, a quiet day of follow_tickets", day.tables["follow_tickets"], 100),
    ]
    return figures + archived.figures(ARCHIVES)


def main() -> int:
    if sys.argv[1:2] == ["functions"]:
        found = asyncio.run(functions(sys.argv[2]))
        print(json.dumps({"figures": [[f.what, f.value, f.budget] for f in found]}), flush=True)  # noqa: T201 - the pipe
        return 0
    counted = asyncio.run(measure()) + quiet()
    figures = [*counted, *first_messages(), import_ratio(), *classifier()]
    for figure in figures:
        verdict = "ok" if figure.held else "OVER BUDGET"
        print(f"{figure.what:52} {figure.value:8.2f}  at most {figure.budget:6.1f}  {verdict}")  # noqa: T201 - its job
    return 0 if len(counted) > 20 and all(figure.held for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
