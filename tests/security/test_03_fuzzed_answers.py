"""Whatever an answer's shape, the error is ours: mutated answers through every adapter, 2,000 each.

A tenth of them here; `make fuzz` has all.
"""

import asyncio
import json
import time
import traceback
import tracemalloc
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date
from random import Random
from typing import get_args

import pytest

from sandbox.microsoft365.roadmap import SAMPLE, as_answered
from sandbox.readers.answers import completion, filtered_prompt, no_deployment, stranger, throttled
from shared.adapters import registry
from shared.adapters.clients.http import Http
from shared.adapters.clients.reach import Reach
from shared.adapters.sources.message_center import MessageCenter
from shared.adapters.sources.roadmap import Roadmap
from shared.adapters.tasks.planner import Planner
from shared.core.errors import ConflictError, PermanentError, RefusedError, TransientError
from shared.core.messages import Envelope, encode
from shared.core.ports.outside import Receives
from shared.core.second.asking import Question
from shared.core.sources.roadmap import RoadmapItem, item_from_json, item_to_json, read_items, renewed
from shared.core.sources.snapshot import Pull, Snapshot, compare, known_post, known_task
from shared.core.sources.source import MESSAGES, PLANNER
from shared.core.terms import State, Verdict
from shared.core.tickets.ticket import TicketRef
from tests.adapters.clients.server import SignIn, graph_of, serving, tenant_at
from tests.contracts.proxy import Reply
from tests.contracts.rig import REMOTE, remote, ticket
from tests.contracts.test_channels import CARD, QUERY, SIGNATURE, open_channel
from tests.fakes import NOW
from tests.security import recorded_redmine
from tests.security.fuzzing import TENTHS, Mutator, encoded, parts
from tests.usecases.world import done, post, task

OURS = (PermanentError, TransientError, ConflictError, RefusedError)
EACH = 100
SECONDS = 2
WORKFLOW = "0f9e8d7c6b5a4f3e2d1c0b9a8f7e6d5c"
ADDRESS = f"/workflows/{WORKFLOW}/triggers/manual/paths/invoke?{QUERY}"
MB = 1024 * 1024


@asynccontextmanager
async def rig_of(kind):
    """A rig without a fixture: Redmine's answers are recorded ones."""
    if kind == "redmine":
        async with recorded_redmine.system() as rig:
            yield rig
        return

    class Request:
        param = kind

    async with remote(Request) as rig:
        yield rig


class Faults:
    """What went otherwise than it may, each once."""

    def __init__(self, secrets=()):
        self.secrets = [secret for secret in secrets if secret]
        self.texts = {}

    async def check(self, what, call):
        """Run a call: it succeeds or fails in our way, soon, and says no secret."""
        began = time.process_time()
        try:
            return await asyncio.wait_for(call, 20)
        except OURS as error:
            shown = "".join(traceback.format_exception(error))
            if any(secret in shown for secret in self.secrets):
                self.add(what, f"a secret in {str(error)[:300]}")
            if getattr(error, "retry_after", None) is not None and not 0 <= error.retry_after <= 86_400:
                self.add(what, f"a wait of {error.retry_after}")
        except Exception as error:  # noqa: BLE001 - it is told, with the others
            frame = traceback.extract_tb(error.__traceback__)[-1]
            ours = [each for each in traceback.extract_tb(error.__traceback__) if "/shared/" in each.filename][-1:]
            place = "; ".join(f"{each.filename.split('/shared/')[-1]}:{each.lineno} {each.line}" for each in ours)
            self.add(what, f"{type(error).__name__}: {str(error)[:150]} at {place or frame}")
        finally:
            if (took := time.process_time() - began) > SECONDS:
                self.add(what, f"{took:.1f} s")
        return None

    def add(self, what, text):
        self.texts.setdefault(text, what)

    def none(self):
        assert not self.texts, "\n".join(f"{what}: {text}" for text, what in self.texts.items())


def look(ref):
    """What an adapter says of a ticket is what the record can keep."""
    assert isinstance(ref, TicketRef)
    texts = (ref.number, ref.url, ref.remote_state, ref.decided_by, *ref.not_taken, *ref.tasks)
    texts += (*ref.written, *ref.written.values())
    assert all(isinstance(text, str) for text in texts), ref
    assert ref.state in (*get_args(State), "unknown"), ref
    assert ref.decision in get_args(Verdict), ref
    for at in filter(None, (ref.closed_at, ref.decided_at)):
        assert at.tzinfo, ref
        at.astimezone(UTC)


def tickets_of(random):
    """A ticket in one of the forms in which the core asks for it."""
    base = ticket(f"MC12000{random.randrange(1, 13):02d}")
    return random.choice(
        (
            base,
            replace(base, title="A new title", notes=(*base.notes, f"2026-09-0{random.randrange(1, 9)}: moved")),
            replace(base, planned_start=None, planned_end=None, act_by=None),
            replace(base, planned_end=date(2027, 1, 1), risk="low", impact="low", services=()),
            replace(base, cancelled=True, notes=("2026-09-05: Cancelled",)),
            replace(base, reopen=True, notes=("2026-09-06: Back",)),
            replace(base, reassess="The dates moved after the approval"),
            replace(base, has_tasks=True),
        )
    )


async def operation(random, rig, port, refs):
    wanted = tickets_of(random)
    which = random.choice(("find", "open", "open", "amend", "amend", "amend", "states", "ping"))
    if which == "find":
        ref = await port.find(wanted.key)
        if ref is not None:
            look(ref)
    elif which == "open":
        ref = await port.open(wanted)
        look(ref)
    elif which == "amend":
        ref = await port.amend(random.choice(refs), wanted)
        look(ref)
    elif which == "states":
        numbers = [ref.number for ref in random.sample(refs, 3)]
        for number, ref in (await port.states(numbers)).items():
            assert number in numbers
            look(ref)
    else:
        assert isinstance(await port.ping(), str)


async def ready(rig):
    """Tickets in several states, made while nobody mutates anything."""
    refs = [await rig.port.open(ticket(f"MC12000{n:02d}")) for n in range(1, 7)]
    for ref, word in zip(refs, (rig.closed, rig.approved, rig.begun, rig.stuck), strict=False):
        if word:
            await rig.move(ref.number, word)
    return refs


async def told(random, rig, port, refs):
    """A system that cannot be asked tells us anything."""
    ref = random.choice(refs)
    body = {"number": ref.number, "key": "foresignal-test-MC1200001", "state": "closed", "url": "https://x.example/1"}
    body |= {"closed_at": "2026-09-03T10:00:00Z", "decision": "approved", "decided_by": "Bob", "decided_at": "x"}
    body |= {"timestamp": "2026-09-03T10:00:00Z", "gone": random.random() < 0.1}
    heard = json.loads(Mutator(random, rig.secrets).body(encoded(body)))
    if isinstance(heard, dict):  # as the endpoint sees to
        assert all(isinstance(number, str) for number in await port.receive(heard))
    for each in (await port.states([ref.number])).values():
        look(each)


async def mutate(kind, part, cases=EACH):
    random = Random(f"{kind} {part}")
    async with rig_of(kind) as rig:
        faults, refs, mutated, port = Faults(rig.secrets), await ready(rig), 0, rig.port
        while mutated < cases:
            port = rig.another() if random.random() < 0.3 else port
            rig.proxy.change = mutator = Mutator(random, rig.secrets)
            heard = isinstance(port, Receives) and random.random() < 0.3
            await faults.check(f"case {mutated}", (told if heard else operation)(random, rig, port, refs))
            mutated += heard or mutator.made
    faults.none()


@pytest.mark.parametrize("part", parts(2_000, EACH))
@pytest.mark.parametrize("kind", REMOTE)
async def test_a_ticket_system_that_answers_anything_gets_an_error_of_ours(kind, part):
    await mutate(kind, part)


async def test_mutated_answers_take_little_memory():
    kept = {}
    for kind in REMOTE if TENTHS > 1 else REMOTE[:1]:
        await mutate(kind, "memory", cases=1)  # what is loaded once is no answer's fault
        tracemalloc.start()
        try:
            await mutate(kind, "memory", cases=10)
            kept[kind] = tracemalloc.get_traced_memory()[1] / MB
        finally:
            tracemalloc.stop()
    assert max(kept.values()) < 200, kept


def replying(random, secrets, *replies):
    """Answers for a server by a script: these replies, one of them mutated; those that come after, as they are."""
    mutator = Mutator(random, secrets)

    def answer(reply):
        def now(_request):
            changed = mutator(reply)
            return changed.status, dict(changed.headers), changed.body

        return now

    return [answer(reply) for reply in replies]


def reply(what, status=200):
    return Reply(status, {"Content-Type": "application/json"}, encoded(what))


@pytest.mark.parametrize("part", parts(2_000, EACH))
async def test_a_channel_that_answers_anything_gets_an_error_of_ours(part):
    random, faults = Random(f"channel {part}"), Faults((SIGNATURE, WORKFLOW, "sig="))
    async with serving() as server, open_channel("teams_workflow", f"{server.url}{ADDRESS}") as channel:
        for case in range(EACH):
            error = {"error": {"code": "WorkflowTriggerIsNotEnabled", "message": f"{server.url}{ADDRESS}"}}
            body = random.choice(({}, error))
            server.answers = replying(
                random, (SIGNATURE, WORKFLOW, ADDRESS), reply(body, random.choice((202, 200, 400, 404, 429, 502)))
            )
            await faults.check(f"case {case}", channel.post(CARD))
    faults.none()


class Reading:
    """Answers of a service that a second reader asks, and the reader over them."""

    QUESTION = Question("Say what it announces.", "The quokka viewer is retired.", {
        "type": "object", "properties": {}, "required": [], "additionalProperties": False,
    })  # fmt: skip
    TOKEN = "eyJ0eXAiOiJKV1QifQ.b3VyLW93bi1pZGVudGl0eQ.c2lnbmF0dXJl"

    def __init__(self, url, http):
        async def token(_scope, _host):
            return self.TOKEN

        deps = registry.AdapterDeps("second", http, None, None, None, "test", "", token)
        self.reader = registry.build("readers", "azure_openai", {"endpoint": url, "deployment": "reader"}, deps)

    async def ask(self):
        """The answer is within bounds, whatever came."""
        said = await self.reader.ask(self.QUESTION)
        said.text.encode()
        said.model.encode()
        assert said.text
        assert len(said.text) <= 200_000
        assert len(said.model) <= 60
        assert 0 <= min(said.tokens_in, said.tokens_out) <= max(said.tokens_in, said.tokens_out) <= 10_000_000


@pytest.mark.parametrize("part", parts(2_000, EACH))
async def test_a_model_that_answers_anything_gets_an_error_of_ours(part):
    random, faults = Random(f"model {part}"), Faults((Reading.TOKEN, "quokka"))
    answers = [
        completion('{"kind": "retirement", "quotation": "The quokka viewer"}', asked=100),
        completion(None, asked=100, finish="content_filter"),
        completion(None, asked=100, refusal="I am sorry about the quokka viewer."),
        completion('{"quotation": "The quokka', asked=100, finish="length"),
    ]
    refusals = [filtered_prompt(), throttled({"Retry-After": "7"}), no_deployment(), stranger()]
    http = Http(reach=Reach(loopback=True))
    async with serving() as server:
        reading = Reading(server.url, http)
        for case in range(EACH):
            body, status = random.choice(answers), 200
            if random.random() < 0.4:
                refusal = random.choice(refusals)
                body, status = refusal.body, refusal.status
            server.answers = replying(random, (Reading.TOKEN, "The quokka viewer"), reply(body, status))
            await faults.check(f"case {case}", reading.ask())
    await http.close()
    faults.none()


async def read_feed(source, tenant, know, plan=False):
    """A feed to its end, and what the core remembers of each item and sends on."""
    pull = Pull(Snapshot(), know)
    async for page in source.pages("contoso", tenant):
        for raw in page:
            pull.take(raw)
    compare(Snapshot(), pull.watches.items())
    cut = (PLANNER if plan else MESSAGES).cut("contoso", tenant, NOW, pull.changed, frozenset(), first_load=True)
    for body in cut.bodies:
        encode(Envelope(body, NOW))


@pytest.mark.parametrize("part", parts(2_000, EACH))
async def test_a_message_center_that_answers_anything_gets_an_error_of_ours(part):
    random, faults = Random(f"messages {part}"), Faults(("token-of-ours",))
    async with serving() as server, graph_of(SignIn("token-of-ours")) as graph:
        tenant, source = tenant_at(server), MessageCenter(graph)
        more = f"{server.url}/v1.0/admin/serviceAnnouncement/messages?$skip=1"
        for case in range(EACH):
            first = reply({"@odata.context": "x", "value": [post()], "@odata.nextLink": more})
            last = reply({"value": [post("MC1200002", tags=[], details=[{"name": "Platforms", "value": "Web"}])]})
            server.answers = replying(random, ("token-of-ours",), first, last)
            await faults.check(f"case {case}", read_feed(source, tenant, known_post))
    faults.none()


@pytest.mark.parametrize("part", parts(2_000, EACH))
async def test_a_planner_that_answers_anything_gets_an_error_of_ours(part):
    random, faults = Random(f"planner {part}"), Faults(("token-of-ours",))
    async with serving() as server, graph_of(SignIn("token-of-ours")) as graph:
        tenant, source = tenant_at(server, plan="plan1"), Planner(graph)
        for case in range(EACH):
            if random.random() < 0.6:
                server.answers = replying(random, ("token-of-ours",), reply({"value": [task(), done("task2")]}))
                await faults.check(f"case {case}", read_feed(source, tenant, known_task, plan=True))
                continue
            details = {"@odata.etag": "E1", "id": "task1", "description": "MC1200001", "references": {"x": {}}}
            server.answers = replying(random, ("token-of-ours",), reply(details))
            await faults.check(f"case {case}", source.details("contoso", tenant, "task1"))
    faults.none()


async def read_roadmap(http, url):
    items = read_items(await Roadmap(http).items(url))
    assert {name: item_from_json(name, item_to_json(item)) for name, item in items.items()} == items
    renewed({"91000": RoadmapItem("91000", "A title", "Launched")}, items)


@pytest.mark.parametrize("part", parts(2_000, EACH))
async def test_a_roadmap_that_answers_anything_gets_an_error_of_ours(part):
    random, faults = Random(f"roadmap {part}"), Faults()
    listed = [as_answered(item) for item in json.loads(SAMPLE.read_text())[:3]]
    http = Http(reach=Reach(loopback=True))
    async with serving() as server:
        for case in range(EACH):
            server.answers = replying(random, (), reply(listed))
            await faults.check(f"case {case}", read_roadmap(http, server.url))
    await http.close()
    faults.none()
