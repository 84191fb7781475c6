"""A short pass leaves what a full one leaves, whatever happened by day; whoever dies, the next pass makes it good."""

import contextlib
import random
from collections import Counter
from dataclasses import asdict, replace

import pytest

from shared.core.life.figures import is_live
from shared.core.life.followed import KIND as FOLLOWED
from shared.core.life.line import Line, Part
from shared.core.policy.model import Channel, TicketSystemEntry
from shared.core.ports.storage import Write
from shared.record.change_keys import kind_of
from shared.record.lists import LIVE, REST, read_listing
from shared.record.passes import KEY
from shared.record.register import move_entry
from shared.record.sent_cards import read_sent_cards
from shared.usecases.cards.digest import send_digests
from shared.usecases.deps import ListMemory
from shared.usecases.life.lines import every_line
from shared.usecases.review.decide import Speaker, close_or_open
from shared.usecases.upkeep.lists import index
from shared.usecases.upkeep.mend import mend
from tests.fakes import DiedError, Lifetime, Mortal, deps_with
from tests.usecases.review.test_answers import ANA
from tests.usecases.world import CANCELLED, NOVEMBER, OCTOBER, World, batch, done, policy, post, task

TABLES = ("changes", "open", "closings", "numbers", "tasks", "opens", "tenants", "deliveries", "register")
SOON = "We will begin rolling out on September 3, 2026 and expect to complete by September 6, 2026."
LATER = "We will begin rolling out on September 10, 2026 and expect to complete by September 14, 2026."


def news(number, when, **over):
    """A post that nobody files a ticket for."""
    text = f"<p>We are adding a new button to the ribbon.</p><p>General Availability (Worldwide): {when}</p>"
    plain = {"title": f"A new button {number}", "category": "stayInformed", "tags": [], "isMajorChange": False}
    return post(number, **{**plain, "body": {"contentType": "html", "content": text}, **over})


CALLED = {"crb": TicketSystemEntry(kind="register", inbound="CRB_INBOUND")}
CHANNELS = {"workplace": Channel(kind="fake"), "messaging": Channel(kind="fake", digest="08:00")}


class Nights(World):
    """A world whose processes may die, and which can be looked at by another one with the same storage."""

    def __init__(self, seed=0):
        super().__init__(policy(tickets=CALLED, channels=CHANNELS))
        self.chance = random.Random(seed)
        self.numbers = [f"MC{1200001 + 40 * number}" for number in range(40)]  # in some partitions
        self.life = Lifetime()
        self.alive = self.deps
        self.deps = self.mortal(self.life)

    def mortal(self, life):
        ports = {name: Mortal(getattr(self.alive.storage, name), life) for name in ("tables", "queues", "blobs")}
        return deps_with(self.alive, **ports)

    def twin(self):
        """The same state in a world of its own."""
        other = Nights()
        other.clock.now = self.clock.now
        tables = {place: (dict(values), etag) for place, (values, etag) in self.tables.rows.items()}
        other.tables.rows, other.tables.stamps = tables, dict(self.tables.stamps)
        other.tables._keys = {place: set(keys) for place, keys in self.tables._keys.items()}
        other.tables._versions = iter(range(10**6, 10**9))
        other.blobs.__dict__.update({name: _copied(value) for name, value in self.blobs.__dict__.items()})
        return other

    # What happens by day.

    async def day(self):
        """Some of what may happen, each by a process that may die, or whose messages may be lost."""
        for _ in range(self.chance.randint(0, 4)):
            self.clock.forward(minutes=self.chance.randint(1, 200))
            act = self.chance.choice(
                [
                    self.announce,
                    self.announce,
                    self.edit,
                    self.join,
                    self.task,
                    self.board,
                    self.close,
                    self.index,
                    self.unclassified,
                    self.unsent,
                    self.unpointed,
                    self.digest,
                ]
            )
            if self.chance.random() < 0.3:
                self.life.calls, self.life.left = 0, self.chance.randint(0, 12)
                self.life.after = self.chance.random() < 0.5
            with contextlib.suppress(DiedError):
                await act()
            self.life.left = None
            if self.chance.random() < 0.3:
                self.lose()

    async def announce(self):
        number = self.numbers.pop()
        when = self.chance.choice([OCTOBER, NOVEMBER, SOON, LATER, CANCELLED, "Later."])
        over = self.chance.choice(
            [
                {},
                {},
                {"title": f"Notice {number[-1]}"},
                {"tags": ["GDPR"], "title": f"Your data {number}"},
                {"category": "stayInformed"},
            ]
        )
        if self.chance.random() < 0.3:
            over |= {"startDateTime": "2026-05-01T00:00:00Z", "lastModifiedDateTime": "2026-05-01T00:00:00Z"}
        if self.chance.random() < 0.2 and (others := await self.known()):
            over["body"] = {
                "contentType": "html",
                "content": f"<p>This message replaces {self.chance.choice(others)}.</p>",
            }
        more = {"first_load": True} if self.chance.random() < 0.3 else {}
        make = self.chance.choice([post, news])
        await self.arrive(make(number, when, **over), tenant=self.chance.choice(["contoso", "fabrikam"]), **more)

    async def edit(self):
        if known := await self.known():
            number = self.chance.choice(known)
            modified = f"{self.clock():%Y-%m-%dT%H:%M:%SZ}"
            when, title = self.chance.choice([NOVEMBER, LATER, CANCELLED]), (await self.change(number)).post["title"]
            await self.arrive(post(number, when, modified=modified, title=title))

    def lose(self):
        """Messages that are under way."""
        self.queues.sent.clear()
        self._waiting.clear()

    async def unclassified(self):
        await self.deps.storage.queues.send("posts", batch(post(self.numbers.pop()), observed=self.clock()))
        await self.drain_only("posts")
        self.lose()

    async def unsent(self):
        await self.arrive_only(post(self.numbers.pop()))
        self.lose()

    async def unpointed(self):
        kept = [row for row in await self.all("deliveries") if row.key.startswith("w|")]
        for row in kept[:1]:
            await self.tables.commit("deliveries", [Write("delete", row)])

    async def digest(self):
        await send_digests(self.deps)
        await self.drain()

    async def join(self):
        if known := await self.known():
            await self.arrive(post(self.chance.choice(known)), tenant="fabrikam")

    async def task(self):
        known = [*await self.known(), "MC1299999"]
        number = self.chance.choice(known)
        make = self.chance.choice([task, done])
        await self.bring(make(f"task{number}", title=f"[{number}] To do", etag=f"E{self.clock():%m%d%H%M}"))

    async def board(self):
        numbers = [row.key for row in await self.all("register")]
        if numbers:
            state = self.chance.choice(["authorize", "closed", "cancelled"])
            await move_entry(self.tables, self.chance.choice(numbers), state, "", self.clock())
            await self.follow()

    async def close(self):
        if known := await self.known():
            speaker, number = Speaker(ANA, "messaging"), self.chance.choice(known)
            await close_or_open(self.deps, number, self.chance.choice(["close", "reopen"]), speaker)
            await self.drain()

    async def index(self):
        await index(self.deps)

    async def known(self):
        return sorted({f"MC{int(row.key[2:])}" for row in await self.all("changes") if kind_of(row.key) == "change"})

    async def lines(self):
        return {name: made_of_the_record(line) for name, line in (await self._every_line()).items()}

    async def followed(self):
        """As of which versions `follow_tickets` is done; what a pass loses of that is asked for once more."""
        lines = await self._every_line()
        return {(name, part.name): part.version for name, line in lines.items() for part in line.of_kind(FOLLOWED)}

    async def _every_line(self):
        return (await every_line(deps_with(self.alive, lists=ListMemory()))).by_id


def _copied(value):
    return dict(value) if isinstance(value, dict) else value


def made_of_the_record(line):
    """The line without when its tenants were counted, and without what only lines say."""
    parts = (part for part in line.parts if part.kind != FOLLOWED)
    return Line(
        line.id,
        tuple(Part(part.name, "", part.places, part.values) if part.kind == "tenants" else part for part in parts),
    )


async def stored(world):
    """All that a pass writes, and what it sends."""
    rows = {
        name: sorted((row.partition, row.key, sorted(row.values.items(), key=str)) for row in await world.all(name))
        for name in TABLES
    }
    cards = await read_sent_cards(world.blobs)
    sent = sorted((queue, str(sorted(envelope.body.items()))) for queue, envelope, _ in world.queues.sent)
    runs = sorted(row.key for row in await world.all("runs") if row.key != KEY)
    return {**rows, "lines": await world.lines(), "cards": cards and cards.by_change, "sent": sent, "runs": runs}


async def live(world):
    listing = await read_listing(world.blobs, LIVE)
    return {name for name, line in listing.lines.items() if is_live(line, world.clock())}


def figures(mended):
    return {name: count for name, count in asdict(mended).items() if name != "full"}


@pytest.mark.parametrize("seed", range(12))
async def test_a_short_pass_leaves_what_a_full_one_leaves(seed):
    world, short, seen = Nights(seed), 0, Counter()
    await world.arrive(*(post(world.numbers.pop(), when) for when in (OCTOBER, SOON, LATER)))
    await world.mend()
    for _ in range(16):
        await world.day()
        world.clock.forward(hours=world.chance.choice([14, 14, 14, 40]))
        world.lose()
        twin = world.twin()
        whole, some = await mend(twin.deps, full=True), await mend(world.deps)
        short += not some.full
        seen.update(figures(some))

        expected, found = await stored(twin), await stored(world)
        for name, value in expected.items():
            assert found[name] == value, name
        followed = await world.followed()
        assert all(followed[place] >= version for place, version in (await twin.followed()).items())
        assert figures(some) == figures(whole)
        assert await live(world) == await live(twin)
        await world.drain()
    assert short > 8
    assert seen["listed"] + seen["classify"] + seen["effects"] + seen["lapsed"]


# A pass may die between any two calls.


async def eventful():
    """A night with a little of everything that a short pass puts right."""
    world = Nights()
    one, two, three, four, five, six, _seven = world.numbers[:7]
    await world.arrive(post(one), news(two, SOON), post(three))
    await world.arrive(post(four), first_load=True)
    await world.bring(task("waits", title=f"[{six}]"))
    await world.mend()
    world.clock.forward(days=3)
    await world.mend()
    world.clock.forward(hours=3)
    await world.arrive(post(one, NOVEMBER, modified="2026-09-04T11:00:00Z"), observed=world.clock())
    await move_entry(world.tables, f"CHG{three[2:]}", "closed", "", world.clock())
    world.life.calls, world.life.left, world.life.after = 0, 4, True
    try:
        await world.follow()
    except DiedError:
        world.life.left = None
    await world.arrive_only(post(six))
    await world.deps.storage.queues.send("posts", batch(post(five), observed=world.clock()))
    await world.drain_only("posts")
    world.lose()
    world.clock.forward(days=3)
    return world


async def mended(world, *, full=None):
    done = await mend(world.deps) if full is None else await mend(world.deps, full=full)
    await world.drain()
    return done


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_pass_that_dies_at_any_call_is_followed_by_a_full_one_that_leaves_the_same(after):
    whole = (await eventful()).twin()
    assert not (await mended(whole)).full
    calls = whole.life.calls
    expected = await stored(whole)
    start = await eventful()
    for left in range(calls):
        world = start.twin()
        world.life.left, world.life.after = left, after
        try:
            await mended(world)
        except DiedError:
            pass
        else:
            break  # the others are those of what it sent
        world.life.left = None
        ended = (await world.tables.get("runs", "-", KEY)).values["ended"]
        assert (await mended(world)).full != ended, f"died at call {left + 1}"
        assert await stored(world) == expected, f"died at call {left + 1}"
        await mended(world, full=True)
        assert not any(figures(await mended(world, full=True)).values())


async def test_nothing_is_left_to_be_done_after_a_short_pass():
    world = await eventful()

    first = await mended(world)

    assert not first.full
    assert first.classify == 1
    assert first.effects
    assert first.lapsed
    assert first.tasks
    await mended(world)  # lists what was decided after it
    assert not any(figures(await mended(world)).values())
    assert not any(figures(await mended(world, full=True)).values())


# Where it does not know what has changed, every change is looked at.


async def test_the_first_pass_is_full_and_so_is_one_each_week():
    world = Nights()
    await world.arrive(post())
    passes = []
    for _ in range(16):
        passes.append((await mended(world)).full)
        world.clock.forward(days=1)

    assert passes == [True, *[False] * 6, True, *[False] * 6, True, False]


async def once(world):
    await world.arrive(post(), post("MC1300001"))
    assert (await mended(world)).full
    world.clock.forward(days=1)
    assert not (await mended(world)).full
    world.clock.forward(days=1)


async def another_policy(world):
    world.policy.policy = policy(routes=replace_team(world.policy.policy))


def replace_team(in_force):
    return in_force.routes.model_copy(update={"team": "messaging"})


async def no_lists(world):
    await world.blobs.delete("lists", LIVE)


async def lists_of_another(world):
    await world.blobs.delete("lists", LIVE)
    await index(world.deps)


async def damaged_lists(world):
    await world.blobs.put("lists", LIVE, b"damaged")


async def no_cards(world):
    await world.blobs.put("lists", "cards.z", b"damaged")


async def strange_row(world):
    row = await world.tables.get("runs", "-", KEY)
    world.tables.put("runs", replace(row, values={"since": "then"}))


async def clock_of_yore(world):
    world.clock.forward(days=-30)


async def a_pass_that_failed(world):
    inner = world.tables.scan

    def scan(table, *args, **named):
        if table == "deliveries":
            raise OSError("not to be reached")
        return inner(table, *args, **named)

    world.tables.scan = scan
    with pytest.raises(OSError, match="reached"):
        await mend(world.deps)
    world.tables.scan = inner


@pytest.mark.parametrize(
    "what",
    [
        another_policy,
        no_lists,
        lists_of_another,
        damaged_lists,
        no_cards,
        strange_row,
        clock_of_yore,
        a_pass_that_failed,
    ],
)
async def test_a_full_pass_follows(what):
    world = Nights()
    await once(world)
    await what(world)

    assert (await mended(world)).full

    world.clock.forward(hours=20)
    assert not (await mended(world)).full


@pytest.mark.parametrize("name", ["VERSION", "READER", "_FORM"])
async def test_another_version_looks_at_every_change(name, monkeypatch):
    world = Nights()
    await once(world)
    monkeypatch.setattr(f"shared.usecases.upkeep.mend.{name}", "another")

    assert (await mended(world)).full


async def test_a_change_that_cannot_be_read_is_looked_at_again_and_its_line_stays():
    world = Nights()
    await once(world)
    place = next(each for each in world.tables.rows if each[2] == "c|0001300001")
    values, etag = world.tables.rows[place]
    world.tables.rows[place] = ({**values, "state0": b"damaged"}, etag)
    world.tables.stamps[place] = world.clock()
    before = await world.lines()

    assert not (await mended(world)).full
    assert (await world.lines())["MC1300001"] == before["MC1300001"]
    assert len(await world.all("open")) == 2
    world.tables.rows[place] = (values, etag)
    world.clock.forward(days=1)
    assert not any(figures(await mended(world)).values())


@pytest.mark.parametrize(("call", "passes"), [(1, [True, True, True]), (2, [False, True, False])])
async def test_two_passes_at_once_leave_lists_that_one_of_them_built_or_the_next_builds_them(call, passes):
    world = Nights()
    await once(world)
    await world.arrive(post("MC1400001"))
    inner = world.blobs.read
    calls, others = [], []

    async def read(*args):
        calls.append(args)
        if len(calls) == call:
            others.append(await mend(world.worker()))
        return await inner(*args)

    world.blobs.read = read
    first = await mended(world)
    world.blobs.read = inner
    world.clock.forward(days=1)

    assert [first.full, others[0].full, (await mended(world)).full] == passes
    assert not any(figures(await mended(world, full=True)).values())


async def test_a_quiet_night_reads_no_change_and_writes_nothing_but_that_it_was():
    world = Nights()
    await once(world)
    await mended(world)
    world.clock.forward(days=1)
    before, calls, returned = dict(world.tables.rows), world.tables.calls, world.tables.returned
    blobs = {name: await world.blobs.get("lists", name) for name in (LIVE, REST)}

    assert not any(asdict(await mended(world)).values())

    changed = {place for place in world.tables.rows if world.tables.rows[place] != before.get(place)}
    assert changed == {("runs", "-", KEY)}
    assert blobs == {name: await world.blobs.get("lists", name) for name in (LIVE, REST)}
    assert world.tables.calls - calls < 30, returned


async def test_one_that_comes_back_is_found_the_night_after_it_came():
    world = Nights()
    await world.arrive(post("MC1200001"))
    await mended(world)
    for _ in range(10):
        world.clock.forward(days=6)
        last = await mended(world)
    world.clock.forward(days=1)
    await world.arrive(post("MC1300001", startDateTime=f"{world.clock():%Y-%m-%dT%H:%M:%SZ}"), observed=world.clock())

    last = await mended(world)

    assert (last.full, last.relations) == (False, 2)
    assert (await mended(world, full=True)).relations == 0


async def test_of_more_changes_than_it_holds_a_full_pass_is_made(monkeypatch):
    world = Nights()
    await once(world)
    monkeypatch.setattr("shared.usecases.upkeep.mend._MOST", 1)
    await world.arrive(post("MC1400001"))
    await world.arrive(post("MC1500001"))

    assert (await mended(world)).full


async def test_what_an_older_version_left_is_followed_by_a_full_pass_and_told_to_nobody():
    world = Nights()
    await once(world)
    row = await world.tables.get("runs", "-", KEY)
    del world.tables.rows["runs", "-", KEY]
    assert row
    cards = len(world.inbox.cards)

    assert (await mended(world)).full

    assert len(world.inbox.cards) == cards
