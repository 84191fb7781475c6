"""A policy is data: odd YAML is a fault with its line, templates end and stay small, a broken one stops nothing."""

import time
import tracemalloc
from datetime import UTC, datetime

import pytest

from shared.adapters.policy import in_force
from shared.adapters.policy.file import check_text, faults
from shared.adapters.ticketing.settings import SAMPLE, TicketSettings
from shared.core.errors import PermanentError
from tests.fakes import FakeBlobs

GOOD = """tenants: {home: {}}
teams: {mail: {owner: m@example.com}}
workloads: {exchange: {services: Exchange Online, team: mail}}
routes: {team: mail, name: Everything else}
"""

ODD = {
    "targets: {high: {triage: !!int x}}": "'x' is no int",
    "targets: {high: {triage: !!float x}}": "'x' is no float",
    "targets: {high: {triage: !!bool maybe}}": "'maybe' is no bool",
    "targets: {high: {triage: !!timestamp 2001-99-99}}": "the tag !!timestamp means nothing here",
    "targets: {high: {triage: !!binary '%%%'}}": "the tag !!binary means nothing here",
    "targets: !!set {a, b}": "the tag !!set means nothing here",
    "targets: !!omap [a: 1]": "the tag !!omap means nothing here",
    "targets: !!python/object/apply:os.system ['true']": "the tag !!python/object/apply:os.system means nothing here",
    "targets: {high: {triage: !mine 5}}": "the tag !mine means nothing here",
    "targets: {high: {triage: " + "9" * 5000 + "}}": "is no int",
    "targets: {high: {triage: " + "9" * 400 + ".0}}": "is no float",
}


@pytest.mark.parametrize("line", ODD, ids=lambda line: line[:40])
def test_odd_yaml_is_a_fault_with_its_line(line):
    told = faults(GOOD + line + "\n", "policy.yaml")

    assert all(fault.startswith("policy.yaml:5: ") for fault in told)
    assert ODD[line] in " ".join(told)


@pytest.mark.parametrize(
    "text",
    ["\0", "a: \ud800", "? [a]\n: b", "<<: {a: 1}", "- " * 3000 + "a", "{" * 3000, "a: &a [*a]", "%YAML 9.9\n---\na"],
)
def test_no_text_whatever_ends_in_a_traceback(text):
    assert check_text(text, "policy.yaml").faults


BOMBS = [
    "{{ 'x' * 10**9 }}",
    "{{ 'x' * 1000000000 }}",
    "{{ [1] * 1000000000 }}",
    "{{ 'x'.ljust(1000000000) }}",
    "{{ 'x'.zfill(1000000000) }}",
    "{{ 'x' | center(1000000000) }}",
    "{{ 'x' | indent(1000000000) }}",
    "{{ '\\t'.expandtabs(1000000000) }}",
    "{{ [1, 2] | batch(1000000000, 'x') | list }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '%*d' % (1000000000, 1) }}",
    "{{ '%(a)1000000000d' | format(a=1) }}",
    "{{ '{:1000000000}'.format(1) }}",
    "{{ '{:{}}'.format(1, 1000000000) }}",
    "{{ 2 ** 100000000 }}",
    "{% set x = 'xxxxxxxxxx' %}" + "{% set x = x ~ x %}" * 40 + "{{ x }}",
    "{% set x = 'xxxxxxxxxx' %}" + "{% set x = x + x %}" * 40 + "{{ x }}",
    "{% set x = [1] %}" + "{% set x = x + x %}" * 40 + "{{ x }}",
    "{% set x = 9 %}" + "{% set x = x * x %}" * 40 + "{{ x }}",
    "{% set x = 'abcdefghij' * 2000 %}{{ x.replace('', x) }}",
    "{% set x = 'abcdefghij' * 2000 %}{{ x | replace('a', x) }}",
    "{% set x = 'abcdefghij' * 2000 %}{{ x.join(x) }}",
    "{% macro f() %}{{ f() ~ f() }}{% endmacro %}{{ f() }}",
    "{% set x = 'ab' * 9000 %}{% for a in x %}{% for b in x %}{% for c in x %}{% endfor %}{% endfor %}{% endfor %}",
    "{{ _joined('a') }}",
    "{{ _looped('a') }}",
    "{{ range(1000000) }}",
    "{{ lipsum(1000) }}",
]


@pytest.mark.parametrize("template", BOMBS, ids=lambda template: template[-45:])
def test_a_template_cannot_take_memory_or_time_without_bound(template):
    tracemalloc.start()
    began = time.process_time()
    with pytest.raises(ValueError, match="template"):
        TicketSettings(templates={"description": template})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 50_000_000
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ title ~ ' (' ~ kind ~ ')' }}", "MC1234567 A change (Retirement)"),
        ("{% for s in services %}{{ loop.index }}/{{ loop.length }} {{ s }}{% endfor %}", "1/1 Exchange Online"),
        ("{{ services | join(', ') | upper }}", "EXCHANGE ONLINE"),
        ("{{ '%05.1f' % 3.14159 }} {{ '{:>8}'.format('x') }} {{ 'x' * 3 }}", "003.1 x xxx"),
        ("{% macro f(a) %}<{{ a }}>{% endmacro %}{{ f(1) }}{{ f(2) }}", "<1><2>"),
        ("{{ what.split('.')[0] | truncate(5, true, '') }}", "Somet"),
        ("{{ (1234567 / 3) | round(1) }} {{ 1000000 }}", "411522.3 1000000"),
        ("{{ day(planned_start) }}", "1 May 2026"),
    ],
)
def test_templates_do_what_they_did(template, expected):
    assert TicketSettings(templates={"title": template}).title(SAMPLE, 255) == expected


def test_a_template_that_fails_for_one_ticket_parks_that_ticket_with_what_to_do():
    settings = TicketSettings(templates={"title": "{{ services[0] }}"})
    from dataclasses import replace

    with pytest.raises(PermanentError, match=r"MC1234567.*mend the template"):
        settings.title(replace(SAMPLE, services=()), 255)


@pytest.mark.parametrize("text", ["a: !!int x", "\0", GOOD + "tickets: {crb: {kind: none_such}}"])
async def test_a_fresh_process_goes_on_with_the_last_good_policy_when_the_newest_is_broken(text):
    blobs = FakeBlobs()
    await blobs.put(in_force.CONTAINER, in_force.LAST_GOOD, GOOD.encode())
    await blobs.put(in_force.CONTAINER, in_force.BLOB, text.encode())

    source = in_force.PolicyInForce(blobs, lambda: datetime(2026, 9, 1, tzinfo=UTC))

    assert list((await source.current()).teams) == ["mail"]
    assert source.failure


async def test_a_fault_of_ours_in_reading_a_policy_stops_no_process_either(monkeypatch):
    blobs = FakeBlobs()
    await blobs.put(in_force.CONTAINER, in_force.LAST_GOOD, GOOD.encode())
    await blobs.put(in_force.CONTAINER, in_force.BLOB, b"newest")
    real = in_force.file.load

    def load(text, name):
        if text == "newest":
            raise KeyError("a fault of ours")
        return real(text, name)

    monkeypatch.setattr(in_force.file, "load", load)
    source = in_force.PolicyInForce(blobs, lambda: datetime(2026, 9, 1, tzinfo=UTC))

    assert list((await source.current()).teams) == ["mail"]
    assert "KeyError" in source.failure
