"""Rows of table `changes`, and what they hold."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.core import ids
from shared.core.changes.change import (
    Change,
    Claim,
    Closing,
    Copy,
    Decision,
    Edition,
    Effect,
    EffectState,
    Event,
    Facts,
    Place,
    TicketState,
)
from shared.core.changes.reasons import SentenceReason
from shared.core.classify.classifier import classify
from shared.core.posts.post import read_post
from shared.core.tasks.task import TaskState
from shared.record import change_keys, changes
from shared.record.changes import read_changes
from shared.record.copies import copy_row, read_copy
from shared.record.editions import edition_row, read_edition
from shared.record.effects import effect_key, effect_row, read_effect
from shared.record.packing import pack, unpack
from shared.record.tasks import read_task_state, task_key, task_row
from tests.properties import unhurried
from tests.usecases.world import post

AT = datetime(2026, 9, 1, 9, tzinfo=UTC)
RAW = post()
READ = read_post(RAW)
FACTS = Facts(classify(READ), READ.category, READ.major, READ.tags, READ.title)
EDITION = Edition(AT, AT, "ab" * 16, "contoso", late=True, facts=FACTS, touched=(AT.replace(day=2),))
EFFECT = Effect("card", "messaging", "workplace", EDITION.id, (SentenceReason("why"),), ("e:announced",))
CHANGE = Change(
    "MC1200001",
    RAW,
    AT,
    (EDITION, Edition(AT.replace(day=3), AT, "cd" * 16, "fabrikam")),
    "decided",
    (Event("announced", EDITION.id, AT, "", "new"), Event("gone", EDITION.id, AT, late=True)),
    Decision(EDITION.id, AT, ("a",), ("b",), (EFFECT,), "silent"),
    Closing(AT, "task", "1 task", 2),
    2,
    {"opened": AT},
    "",
)
TICKET = TicketState(
    "CHG1",
    "https://x.example",
    "new",
    "New",
    "approved",
    "Ana",
    AT,
    AT,
    ("a", "b"),
    "MC1300001",
    "MC1100001",
    "key",
    ("please cancel",),
)
STATE = EffectState(EFFECT, "due", "MC1100001", Claim("me", AT), "done", AT, "parked", TICKET)
COPY = Copy("contoso", ("A", "B"), EDITION.id, AT, AT, AT, "variant", AT, "{}")
TASK = TaskState("contoso", "task/1 #?\\", "E1", AT, AT, None)


def test_what_is_written_is_read_back():
    assert changes.read_change(changes.change_row(CHANGE)) == CHANGE
    assert changes.read_change(changes.change_row(replace(CHANGE, decision=None, closed=None))).decision is None
    assert read_effect(effect_row("MC1200001", STATE)) == STATE
    waits = replace(STATE, place=Place("messaging", "2026-10-01T08"), stopped="the team moved")
    assert read_effect(effect_row("MC1200001", waits)) == waits
    near = replace(STATE, effect=replace(EFFECT, kind="card", occasion="act-7@2026-10-01"))
    assert read_effect(effect_row("MC1200001", near)) == near
    assert read_copy(copy_row("MC1200001", COPY)) == COPY
    assert read_copy(copy_row("MC1200001", replace(COPY, gone=None))).gone is None
    assert read_task_state(task_row("MC1200001", TASK)) == TASK
    assert read_edition(edition_row("MC1200001", EDITION, RAW)) == RAW


@pytest.mark.parametrize(
    ("due", "because", "column"),
    [("e1", "", "e1"), ("e1", "MC1100001", "e1+MC1100001"), ("e1", "a3", "e1+a3"), ("", "", ""), ("", "MC1100001", "")],
)
def test_the_column_due_holds_what_earlier_versions_wrote_and_read(due, because, column):
    row = effect_row("MC1200001", replace(STATE, due=due, due_because=because))
    read = read_effect(row)

    assert row.values["due"] == column
    assert (read.due, read.due_because) == (due, because if due else "")


def test_a_row_of_before_boards_decided_and_tickets_were_taken_over_has_neither():
    row = effect_row("MC1200001", STATE)
    later = {"remote_state", "decision", "decided_by", "decided_at", "followed_by", "adopted_from", "key"}
    later |= {"not_taken"}
    old = replace(row, values={name: value for name, value in row.values.items() if name not in later})

    assert read_effect(old).ticket == TicketState(
        TICKET.number, TICKET.url, TICKET.state, opened_at=AT, applied=TICKET.applied
    )


def test_an_effect_that_nobody_works_on_has_no_claim():
    assert read_effect(effect_row("MC1200001", replace(STATE, claim=None))).claim is None


def test_whether_a_change_is_parked_is_what_its_row_says():
    row = changes.change_row(CHANGE)

    read = changes.read_change(replace(row, values={**row.values, "stage": "parked", "parked": "why"}))

    assert (read.stage, read.parked) == ("parked", "why")
    assert changes.read_change(changes.change_row(read)) == read


@unhurried
@given(st.text(), st.integers(0, 3))
def test_any_text_in_a_post_survives(text, half):
    raw = {**RAW, "title": text + "\ud800" * half, "body": {"content": text}, "more": [text, 1.5, None]}

    row = changes.change_row(replace(CHANGE, post=raw))

    assert changes.read_change(row).post == raw
    assert all(not isinstance(value, str) or value.encode() is not None for value in row.values.values())


def test_a_post_of_several_megabytes_is_cut_into_properties():
    packed = pack("post", {"noise": [str(hash((n, "x"))) for n in range(60_000)]})

    assert len(packed) > 3
    assert max(map(len, packed.values())) <= 60 * 1024
    assert len(unpack("post", packed)["noise"]) == 60_000


def test_keys_of_one_change_stand_together_and_sort_as_numbers():
    keys = [change_keys.change_key("MC999999"), effect_key("MC999999", EFFECT.key), change_keys.change_key("MC1200001")]

    assert keys == sorted(keys)
    assert {change_keys.id_of(key) for key in keys} == {"MC999999", "MC1200001"}
    low, high = change_keys.span("c", ["MC1200001", "MC999999"])
    assert all(low <= key < high for key in keys)
    assert not low <= change_keys.change_key("MC1200002") < high


def test_no_key_holds_a_character_that_storage_refuses():
    keys = [
        change_keys.change_key("MC1"),
        effect_key("MC1200001", EFFECT.key),
        change_keys.edition_key("MC1200001", EDITION.id),
        change_keys.copy_key("MC1200001", "contoso"),
        task_key("MC1200001", "contoso", TASK.id),
    ]

    assert not [key for key in keys if set(key) & set("/\\#?\t\n\r")]


def test_only_the_changes_that_are_wanted_are_read():
    other = replace(CHANGE, id="MC1200002", post={**RAW, "id": "MC1200002"})
    found = [changes.change_row(CHANGE), effect_row("MC1200001", STATE), changes.change_row(other)]

    held = read_changes([*found, task_row("MC1200001", TASK)], ["MC1200001"])

    assert list(held) == ["MC1200001"]
    assert held["MC1200001"].states == (STATE,)
    assert held["MC1200001"].task_states == (TASK,)


@pytest.mark.parametrize("number", [1, 999_999, 1_200_001, 9_999_999_999])
def test_an_id_is_found_in_its_key_again(number):
    assert ids.from_key(ids.key(f"MC{number}")) == f"MC{number}"
    assert len(ids.partition(f"MC{number}")) == 6
