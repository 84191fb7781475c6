"""The second reader in the pipeline: who is asked, how often, how long a decision waits, and what becomes of it."""

import json
import subprocess
import sys
from datetime import timedelta

import pytest

from shared.core.errors import DeclinedError, TargetDownError, TransientError
from shared.core.policy.model import FirstLoad, ReaderEntry
from shared.core.second.asking import Reply
from shared.record.reader_months import month_of, reader_month
from shared.usecases.changes.classify import classify
from shared.usecases.changes.second import ask_reader
from shared.usecases.pages.health import health_view
from shared.usecases.upkeep.mend import mend
from tests.fakes import DiedError, Lifetime, Mortal, deps_with
from tests.usecases.world import CANCELLED, NOVEMBER, World, policy, post

QUOTE = "You must move to the new viewer before December 1, 2026."
GOOD = {
    "act_by": {"value": "2026-12-01", "quote": QUOTE},
    "user_impact": {"value": "high", "quote": QUOTE},
}


class Model:
    """A second reader with one answer; `fails`: what the next questions raise instead."""

    def __init__(self, answer=None, fails=()):
        self.text = json.dumps(GOOD if answer is None else answer)
        self.fails = list(fails)
        self.questions = []

    async def __call__(self, in_force):
        return self

    async def ask(self, question):
        self.questions.append(question)
        if self.fails:
            raise self.fails.pop(0)
        return Reply(self.text, "model-1", 900, 120)


def reading(model, **entry):
    return World(policy(reader=ReaderEntry(kind="fake", **entry)), reader=model)


async def second_of(world):
    return (await world.change()).current.second


async def test_a_post_of_which_a_field_is_unsure_is_asked_about_once_and_decided_after_the_answer():
    model = Model()
    world = reading(model)
    before = world.clock()

    await world.arrive(post())
    change = await world.change()

    assert len(model.questions) == 1
    assert change.classification.user_impact == "high"
    assert change.classification.is_unsure("user_impact")  # two readers differ
    assert not change.classification.is_unsure("act_by")  # two readers agree
    assert change.own_reading.user_impact == "low"
    assert change.decision.at < before + timedelta(minutes=1)
    assert (await world.ticket_state()).done
    second = await second_of(world)
    assert (second.by, second.times, second.tokens_in, second.tokens_out) == ("fake model-1", 1, 900, 120)
    month = await reader_month(world.tables, month_of(world.clock()))
    assert (month.asked, month.answered, month.tokens_in, month.tokens_out, month.fault) == (1, 1, 900, 120, "")


async def test_without_an_answer_it_is_decided_after_a_quarter_of_an_hour_and_a_late_answer_changes_nothing():
    model = Model()
    world = reading(model)
    await world.arrive_only(post())
    (late,) = [envelope for queue, envelope, _ in world.queues.sent if queue == "readings"]
    world.queues.sent[:] = [each for each in world.queues.sent if each[0] != "readings"]
    before = world.clock()

    await world.drain()
    change = await world.change()

    assert change.stage == "decided"
    assert timedelta(minutes=15) <= change.decision.at - before < timedelta(minutes=16)
    assert change.current.second.silent == "no answer came in time"
    await ask_reader(world.worker(), late)
    assert model.questions == []
    assert await world.change() == change


@pytest.mark.parametrize(("use", "asked"), [("unsure", 0), ("all", 1)])
async def test_what_is_sure_is_asked_about_only_where_all_is(monkeypatch, use, asked):
    monkeypatch.setattr("shared.core.posts.classification.UNSURE_BELOW", 0.0)
    model = Model()
    world = reading(model, use=use)

    await world.arrive(post())

    assert len(model.questions) == asked
    assert (await world.change()).stage == "decided"


async def test_a_post_on_data_privacy_is_never_sent():
    model = Model()
    world = reading(model, use="all")

    await world.arrive(post(tags=["Data privacy"]))

    assert model.questions == []
    assert (await world.change()).stage == "decided"


async def test_what_a_first_load_finds_old_is_not_asked_about():
    model = Model()
    world = reading(model, use="all")
    world.policy.policy = policy(reader=ReaderEntry(kind="fake", use="all"), first_load=FirstLoad(days=30))

    await world.arrive(post(startDateTime="2026-01-10T10:00:00Z", modified="2026-01-10T10:00:00Z"))

    assert model.questions == []
    assert (await world.change()).decision.silent


async def test_each_edition_is_asked_about_and_events_come_from_our_own_reading_alone():
    with_reader, without = reading(Model()), World()
    for world in (with_reader, without):
        await world.arrive(post())
        await world.arrive(post(when=NOVEMBER, modified="2026-09-02T10:00:00Z"))
        await world.arrive(post(when=CANCELLED, modified="2026-09-03T10:00:00Z"))

    (one, other) = [(await world.change()).events for world in (with_reader, without)]
    assert [(event.type, event.old, event.new) for event in one] == [(e.type, e.old, e.new) for e in other]
    assert [bool(edition.second) for edition in (await with_reader.change()).editions][:2] == [True, True]


async def test_beyond_the_budget_of_the_month_nobody_is_asked():
    model = Model()
    world = reading(model, budget=1)

    await world.arrive(post())
    await world.arrive(post("MC1200002"))

    assert len(model.questions) == 1
    change = await world.change("MC1200002")
    assert change.stage == "decided"
    assert change.current.second.silent == "this month's budget of 1 posts is used up"
    assert change.classification == change.own_reading


async def test_the_health_page_says_what_a_month_was_asked_and_why_there_was_no_answer():
    world = reading(Model(fails=[DeclinedError("the filter keeps it back")]), budget=50)
    await world.arrive(post())

    report = (await health_view(world.deps)).report

    assert report["reader"] == {
        "deployed": True, "month": "2026-09", "budget": 50, "asked": 1, "answered": 0, "tokens_in": 0, "tokens_out": 0,
        "fault": "the filter keeps it back",
    }  # fmt: skip
    assert "reader" not in (await health_view(World().deps)).report


BUSY = TransientError("the service is busy", 5)


@pytest.mark.parametrize(
    ("fails", "asked", "silent"),
    [
        ([BUSY], 2, ""),
        ([BUSY, BUSY], 2, "the service is busy"),
        ([TransientError("the service is busy", 86_400)], 1, "the service is busy"),
        ([DeclinedError("the filter keeps it back")], 1, "the filter keeps it back"),
        ([TargetDownError("it answered 403", "Give the app the role.")], 1, "it answered 403"),
    ],
    ids=["busy once", "busy twice", "busy for a day", "declined", "no right"],
)
async def test_a_failing_reader_costs_a_question_and_no_decision(fails, asked, silent):
    model = Model(fails=fails)
    world = reading(model)
    before = world.clock()

    await world.arrive(post())
    change = await world.change()

    assert len(model.questions) == asked
    assert change.stage == "decided"
    assert change.decision.at - before < timedelta(minutes=2)
    assert change.current.second.silent.startswith(silent)
    assert (change.classification == change.own_reading) is bool(silent)
    month = await reader_month(world.tables, month_of(world.clock()))
    assert month.fault.startswith(silent)
    assert (await world.all("parked")) == []


@pytest.mark.parametrize("answer", ["", "[]", "null", "{", '{"kind": 3}', "ok"])
async def test_an_absurd_answer_leaves_our_reading_as_it_is(answer):
    model = Model()
    model.text = answer
    world = reading(model, use="all")

    await world.arrive(post())
    change = await world.change()

    assert change.stage == "decided"
    assert change.classification == change.own_reading


async def test_where_the_reader_was_taken_out_of_the_policy_what_waits_is_decided():
    world = reading(Model())
    await world.arrive_only(post())
    world.policy.policy = policy()

    await world.drain()

    assert (await world.change()).stage == "decided"


async def test_a_settled_field_lies_over_both_readers():
    from shared.usecases.review.decide import settle_fields

    world = reading(Model())
    await world.arrive(post())

    await settle_fields(world.deps, "MC1200001", {"user_impact": "medium"}, "ana@contoso.example")
    await world.drain()

    change = await world.change()
    assert change.classification.user_impact == "medium"
    assert change.reading.user_impact == "high"
    assert change.own_reading.user_impact == "low"


@pytest.mark.parametrize("after", [False, True], ids=["before the call", "after it"])
async def test_killed_at_every_call_it_is_asked_once_more_at_most_and_decided_once(after):
    calls, died = 0, True
    while died:
        model = Model()
        world = reading(model)
        life = Lifetime(calls, after=after)
        mortal = deps_with(
            world.deps,
            tables=Mortal(world.deps.storage.tables, life),
            queues=Mortal(world.deps.storage.queues, life),
        )
        died = await killed(world, mortal, "posts", post(), calls)
        await world.drain()
        await mend(world.deps)
        await world.drain()

        change = await world.change()
        assert change.stage == "decided", calls
        assert 0 <= len(model.questions) <= 2, calls
        assert change.current.second.closed_at, calls
        assert set(world.inbox.channels) == {"messaging", "workplace"}, calls  # a card whose record died comes twice
        assert len(world.inbox.cards) <= 3, calls
        assert len(await world.all("register")) == 1, calls
        assert change.decision.edition == change.current.id
        calls += 1
    assert calls > 15


async def killed(world, mortal, queue, item, calls):
    """Deliver the post and all that follows by a process that dies once; whether it did."""
    await world.arrive_only()
    world.deps, whole = mortal, world.deps
    world.worker = lambda: mortal
    try:
        await world.arrive(item)
    except DiedError:  # while the batch was sent
        world.deps = whole
        del world.worker
        await world.arrive(item)
        return True
    world.deps = whole
    del world.worker
    return mortal.storage.tables._life.left is None


async def test_two_that_ask_at_once_ask_once():
    model = Model()
    world = reading(model)
    await world.arrive_only(post())
    (asked,) = [envelope for queue, envelope, _ in world.queues.sent if queue == "readings"]
    real = model.ask

    async def twice(question):
        with pytest.raises(TransientError):  # the other one, while this one asks
            await ask_reader(world.worker(), asked)
        return await real(question)

    model.ask = twice
    await ask_reader(world.worker(), asked)

    assert len(model.questions) == 1


def test_without_a_reader_no_module_of_it_is_loaded():
    code = (
        "import sys; from shared.core.changes.facts import facts_of; import shared.usecases.changes.classify; "
        "import shared.record.changes, function_app; "
        "print([m for m in sys.modules if 'second' in m or 'reader' in m and 'shared' in m or m == 'openai'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)

    assert done.stdout.strip() == "[]"


async def test_without_a_reader_no_call_more_is_made():
    counts = []
    for in_force in (policy(), policy(reader=ReaderEntry(kind="fake"))):  # in the policy, and not deployed
        world = World(in_force)
        life = Lifetime()
        world.deps = deps_with(
            world.deps,
            tables=Mortal(world.deps.storage.tables, life),
            queues=Mortal(world.deps.storage.queues, life),
        )
        await world.arrive(post())
        counts.append(life.calls)

    assert counts[0] == counts[1]


async def test_what_waits_is_not_decided_by_a_message_that_comes_again():
    world = reading(Model())
    await world.arrive_only(post())
    (again,) = [e for queue, e, _ in world.queues.sent if queue == "changes"]

    await classify(world.worker(), again)

    assert (await world.change()).stage == "classify"
