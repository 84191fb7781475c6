"""Counters and traces by OpenTelemetry; where they go is the Functions worker's business (host.json, infra/)."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.metrics import Counter, MeterProvider
    from opentelemetry.trace import TracerProvider

_NAME = "foresignal"
_PARENT = "traceparent"


class OpenTelemetry:
    """The port `Telemetry`. The providers are those of the process, which the worker has set up, unless some are given.

    Of an error a trace has the kind and no words, which could be somebody else's.
    """

    def __init__(self, meters: "MeterProvider | None" = None, tracers: "TracerProvider | None" = None) -> None:
        from opentelemetry import metrics, trace

        self._meter = metrics.get_meter(_NAME, meter_provider=meters)
        self._tracer = trace.get_tracer(_NAME, tracer_provider=tracers)
        self._counters: dict[str, Counter] = {}

    def count(self, name: str, by: int, about: Mapping[str, str]) -> None:
        if name not in self._counters:
            self._counters[name] = self._meter.create_counter(name)
        self._counters[name].add(by, dict(about))

    def trace(self) -> str:
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        carrier: dict[str, str] = {}
        TraceContextTextMapPropagator().inject(carrier)
        return carrier.get(_PARENT, "")

    def within(self, name: str, trace: str, about: Mapping[str, str]) -> AbstractContextManager[None]:
        return self._within(name, trace, about)

    @contextmanager
    def _within(self, name: str, trace: str, about: Mapping[str, str]) -> Iterator[None]:
        from opentelemetry.trace import Link, SpanKind, Status, StatusCode, get_current_span
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        context, links = None, []
        if trace:
            context = TraceContextTextMapPropagator().extract({_PARENT: trace})
            host = get_current_span().get_span_context()
            links = [Link(host)] if host.is_valid else []
        options: dict[str, Any] = {"record_exception": False, "set_status_on_exception": False}
        # A step is no request: the host counts one for each message, and one that is put back is no failure.
        with self._tracer.start_as_current_span(
            name, context=context, kind=SpanKind.INTERNAL, links=links, attributes=dict(about), **options
        ) as span:
            try:
                yield
            except BaseException as error:
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise
