"""One post from the fetch to its ticket and card, as OpenTelemetry sees it: one trace, counters, and no text."""

import logging
from datetime import timedelta

import pytest
from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from sandbox.inbox.server import Inbox
from sandbox.microsoft365.credential import SandboxCredential
from sandbox.microsoft365.feed import Feed
from sandbox.microsoft365.graph import graph_app
from sandbox.microsoft365.planner import Planner
from sandbox.microsoft365.serving import serve
from shared import app
from shared.adapters.telemetry import OpenTelemetry
from shared.core.errors import TransientError
from tests.bench import a_post, policy
from tests.pump import OneSecret, Pump, StillClock, utc

NOW = utc(2026, 9, 1, 9)
SIGNATURE = "a-signature-that-is-secret"


@pytest.fixture
def seen():
    """What an exporter would send: spans, and counters."""
    spans, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracers = TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(spans))
    yield spans, reader, OpenTelemetry(MeterProvider([reader]), tracers), tracers.get_tracer("host")
    tracers.shutdown()


@pytest.fixture
async def pump(storage_of_its_own, seen):
    clock = StillClock(NOW)
    feed = Feed([], ("contoso",))
    for number in range(3):
        feed.publish("contoso", a_post(number, old=True), NOW)
    graph, graph_port = await serve(graph_app(feed, Planner(feed, NOW, {}), clock))
    inbox, inbox_port = await serve(Inbox(clock).app())
    secrets = OneSecret(f"http://127.0.0.1:{inbox_port}/hook/messaging?sig={SIGNATURE}")
    pump = Pump(
        storage_of_its_own,
        clock,
        credential=lambda name, _: SandboxCredential(name),
        secrets=secrets,
        telemetry=seen[2],
    )
    await pump.prepare()
    await app.current().blobs.put("config", "policy.yaml", policy(f"http://127.0.0.1:{graph_port}", ("contoso",)))
    pump.feed = feed
    yield pump
    await pump.close()
    await graph.cleanup()
    await inbox.cleanup()


async def test_a_post_is_one_trace_from_the_fetch_to_its_ticket_and_card(pump, seen, caplog):
    spans, reader, _, host = seen
    clock = app.current().around.clock
    await pump.timer("fetch_posts")
    await pump.drain()
    await pump.timer("digest")
    clock.now += timedelta(minutes=45)
    spans.clear()
    caplog.clear()
    pump.feed.publish("contoso", a_post(7, old=False), clock())

    with caplog.at_level(logging.INFO):
        with host.start_as_current_span("timer fetch_posts") as begun:
            await pump.timer("fetch_posts")
        await pump.drain()

    trace_id = begun.get_span_context().trace_id
    steps = [span for span in spans.get_finished_spans() if span.name.startswith("process ")]
    assert {span.name for span in steps} == {
        f"process {queue}" for queue in ("fetches", "posts", "changes", "tickets", "cards")
    }
    assert {span.context.trace_id for span in steps} == {trace_id}
    assert {span.attributes["foresignal.change"] for span in steps if "cards" in span.name} == {"MC1000427"}
    assert trace.get_current_span().get_span_context().trace_id != trace_id  # nothing of it stays behind

    counted = {
        metric.name: sum(point.value for point in metric.data.data_points)
        for resource in reader.get_metrics_data().resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }
    assert counted == {
        "foresignal.posts": 4,
        "foresignal.graph_calls": 2,
        "foresignal.tickets": 1,
        "foresignal.cards": 1,
    }
    told = [record.getMessage() for record in caplog.records if record.name == "foresignal.outcome"]
    assert sorted(told) == [
        "outcome announced change=MC1000427 tenant=contoso",
        "outcome card_sent change=MC1000427 target=messaging",
        "outcome fetched tenant=contoso target=messages",
        "outcome ticket_filed change=MC1000427 target=crb ticket=CHG1000427",
    ]
    everything = "\n".join([*(span.to_json() for span in spans.get_finished_spans()), caplog.text, str(counted)])
    assert SIGNATURE not in everything
    assert "Product" not in everything
    assert "settings page" not in everything


def test_an_error_leaves_its_kind_in_the_trace_and_none_of_its_words(seen):
    spans, _, telemetry, _ = seen

    with pytest.raises(TransientError), telemetry.within("process cards", "", {}):
        raise TransientError("what somebody else said", 5)

    (span,) = spans.get_finished_spans()
    assert (span.status.status_code.name, span.status.description) == ("ERROR", "TransientError")
    assert span.events == ()


def test_a_step_that_continues_another_is_linked_to_what_the_host_has_begun(seen):
    spans, _, telemetry, host = seen
    with telemetry.within("process posts", "", {}):
        sent = telemetry.trace()
    with host.start_as_current_span("queue trigger") as begun, telemetry.within("process changes", sent, {}):
        pass

    (first, second, _) = spans.get_finished_spans()
    assert second.parent.span_id == first.context.span_id
    assert [link.context.span_id for link in second.links] == [begun.get_span_context().span_id]
    assert telemetry.trace() == ""
