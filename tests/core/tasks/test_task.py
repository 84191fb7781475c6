"""Planner tasks as Graph sends them, and the change that each is about."""

from datetime import UTC, datetime

import pytest

from shared.core.errors import PermanentError
from shared.core.tasks.task import change_in_details, change_in_title, read_task

SEEN = datetime(2026, 9, 1, tzinfo=UTC)
MADE, ENDED = "2026-08-31T08:00:00Z", "2026-09-10T12:00:00.1234567Z"


@pytest.mark.parametrize(
    ("title", "change"),
    [
        ("[Exchange Online] Retirement of the viewer [MC1200001]", "MC1200001"),
        ("[Exchange Online] It replaces MC1100000 [ mc1200001 ] ", "MC1200001"),
        ("MC1200001 - Retirement", "MC1200001"),
        ("(MC1200001) Retirement", "MC1200001"),
        ("Retirement", None),
        ("XMC1200001", None),
        ("MC1200001A", None),
        ("MC12", None),
        ("MC123456789012", None),
        ("", None),
        ("\ud800 MC1200001", "MC1200001"),
    ],
)
def test_the_change_that_a_title_names(title, change):
    assert change_in_title(title) == change


@pytest.mark.parametrize(
    ("details", "change"),
    [
        ({"description": "Message ID: MC1200001\nPublished\nsee MC1100000"}, "MC1200001"),
        ({"description": "It follows MC1100000.\r\n  message id: mc1200001\r\n"}, "MC1200001"),
        ({"description": "about MC1100000"}, "MC1100000"),
        ({"references": {"https%3A//admin%2Emicrosoft%2Ecom/messages/MC1200001": {"alias": "x"}}}, "MC1200001"),
        ({"description": None, "references": None}, None),
        ({"references": ["MC1200001"]}, None),
        ({}, None),
    ],
)
def test_the_change_that_details_name(details, change):
    assert change_in_details(details) == change


def test_a_task_is_read_field_by_field():
    task = read_task(
        {
            "id": "t",
            "@odata.etag": 'W/"E1"',
            "title": "T",
            "createdDateTime": MADE,
            "percentComplete": 100,
            "completedDateTime": ENDED,
            "assignments": {
                "@odata.type": "#x",
                "ana": {"assignedDateTime": "2026-09-03T00:00:00Z"},
                "ben": {"assignedDateTime": "2026-09-02T00:00:00Z"},
            },
        },
        SEEN,
    )

    assert (task.id, task.etag, task.title) == ("t", 'W/"E1"', "T")
    assert task.created == datetime(2026, 8, 31, 8, tzinfo=UTC)
    assert task.assigned == datetime(2026, 9, 2, tzinfo=UTC)
    assert task.completed == datetime(2026, 9, 10, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "completed"),
    [
        ({"percentComplete": 50}, None),
        ({"percentComplete": 100}, SEEN),
        ({"completedDateTime": ENDED}, datetime(2026, 9, 10, 12, 0, 0, 123456, tzinfo=UTC)),
        ({"completedDateTime": "nonsense"}, SEEN),
        ({}, None),
    ],
)
def test_when_a_task_was_completed(raw, completed):
    assert read_task({"id": "t", **raw}, SEEN).completed == completed


@pytest.mark.parametrize("assignments", [None, [], {}, {"ana": None}, {"@odata.type": {"assignedDateTime": MADE}}])
def test_nobody_is_assigned(assignments):
    assert read_task({"id": "t", "assignments": assignments}, SEEN).assigned is None


@pytest.mark.parametrize("raw", [{}, {"id": ""}, {"id": 3}, None, "text", ["id"]])
def test_something_without_an_id_is_no_task(raw):
    with pytest.raises(PermanentError, match="Planner task"):
        read_task(raw, SEEN)


def test_half_of_a_surrogate_pair_in_a_title_can_be_written_anywhere():
    assert read_task({"id": "t", "title": "a\ud800b"}, SEEN).title.encode()
