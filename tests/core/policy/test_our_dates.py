"""The tenant's own dates, by tables of cases."""

from datetime import date

import pytest

from shared.core.policy.model import Tenant
from shared.core.policy.our_dates import our_dates
from shared.core.posts.classification import Classification, Interval, Window


def month(number: int) -> Interval:
    return Interval(date(2026, number, 1), date(2026, number, 10))


def window(phase: str, cloud: str, start: int | None, end: int | None) -> Window:
    return Window(phase, tuple(cloud.split("+")), start and month(start), end and month(end))


EVERYWHERE = (
    window("preview", "worldwide", 1, 2),
    window("targeted", "worldwide", 3, 4),
    window("ga", "worldwide+gcc", 5, 6),
    window("ga", "gcch+dod", 8, 9),
)


@pytest.mark.parametrize(
    ("cloud", "ring", "start", "end"),
    [
        ("worldwide", "standard", 5, 6),
        ("worldwide", "targeted", 3, 4),
        ("gcc", "standard", 5, 6),
        ("gcc", "targeted", 5, 6),
        ("dod", "standard", 8, 9),
        ("china", "standard", None, None),
    ],
)
def test_a_tenant_s_dates_are_those_of_its_cloud_and_ring(cloud, ring, start, end):
    found = our_dates(Classification("MC1", windows=EVERYWHERE), [Tenant(cloud=cloud, ring=ring)])

    assert found.start == (start and month(start))
    assert found.end == (end and month(end))


def test_many_tenants_span_from_the_first_to_the_last():
    found = our_dates(Classification("MC1", windows=EVERYWHERE), [Tenant(), Tenant(cloud="gcch")])

    assert (found.start, found.end) == (month(5), month(9))


def test_a_preview_counts_where_nothing_else_is_announced():
    found = our_dates(Classification("MC1", windows=EVERYWHERE[:1]), [Tenant()])

    assert (found.start, found.end) == (month(1), month(2))


def test_a_single_date_is_beginning_and_end():
    found = our_dates(Classification("MC1", windows=(window("retirement", "worldwide", 7, None),)), [Tenant()])

    assert (found.start, found.end) == (month(7), month(7))


def test_a_retirement_counts_beside_an_early_release():
    windows = (window("targeted", "worldwide", 3, 4), window("retirement", "worldwide", 9, None))

    found = our_dates(Classification("MC1", windows=windows), [Tenant(ring="targeted")])

    assert (found.start, found.end) == (month(3), month(9))


def test_no_window_is_no_date():
    found = our_dates(Classification("MC1"), [Tenant()])

    assert (found.start, found.end, found.windows) == (None, None, ())
