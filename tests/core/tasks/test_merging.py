"""What is written into a task: never over a person's own edit, whatever was remembered and wherever a process died."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.core.tasks.merging import (
    FieldMemory,
    TaskMemory,
    escaped,
    merge,
    our_hand,
    read_seen,
    unescaped,
)
from shared.core.tasks.want import ASSIGN, DUE, ITEM, MOST_ITEMS, MOST_REFERENCES, REFERENCE, Want

ANA, BEN, CYD = (f"00000000-0000-4000-8000-00000000000{n}" for n in "abc")
NOV, DEC, JAN = "2026-11-01", "2026-12-01", "2027-01-15"
PAGE = REFERENCE + "https://foresignal.example/api/changes/MC1"


def want(fields=(), completes=0, collections=(REFERENCE, ITEM)):
    return Want(dict(fields), completes, collections)


def seen(due="", assignees=(), references=(), items=(), percent=0, etag="E1"):
    task = {
        "@odata.etag": etag,
        "dueDateTime": f"{due}T10:00:00Z" if due else None,
        "percentComplete": percent,
        "assignments": {person: {"orderHint": "x"} for person in assignees},
    }
    details = {
        "@odata.etag": "D1",
        "references": {escaped(address): {"alias": alias} for address, alias in dict(references).items()},
        "checklist": dict(items),
    }
    return read_seen(task, details)


def memory(name=DUE, **values):
    return TaskMemory({name: FieldMemory(**values)}, etag="E1")


@pytest.mark.parametrize(
    ("known", "now", "wanted", "written"),
    [
        # never written
        (None, "", NOV, NOV),
        (None, DEC, NOV, None),  # a person's
        (None, JAN, NOV, NOV),  # the sync's own: it stands in `synced`
        (None, JAN, "", None),  # what the sync made is not taken away
        (None, NOV, NOV, None),
        ({"first": ""}, DEC, NOV, None),
        ({"first": JAN}, JAN, NOV, NOV),
        ({"first": JAN}, "", NOV, None),  # a person emptied it
        # written
        ({"first": "", "ours": NOV}, NOV, DEC, DEC),
        ({"first": "", "ours": NOV}, NOV, "", ""),
        ({"first": "", "ours": NOV}, DEC, JAN, None),
        ({"first": "", "ours": NOV}, "", DEC, None),
        ({"first": "", "ours": ""}, "", NOV, NOV),
        # died while it was being written
        ({"first": "", "pending": NOV}, "", NOV, NOV),
        ({"first": "", "pending": NOV}, NOV, NOV, None),
        ({"first": "", "pending": NOV}, NOV, DEC, DEC),
        ({"first": "", "ours": NOV, "pending": DEC}, NOV, JAN, JAN),
        ({"first": "", "ours": NOV, "pending": DEC}, DEC, JAN, JAN),
        ({"first": "", "ours": NOV, "pending": DEC}, JAN, DEC, None),
        ({"first": "", "ours": NOV, "pending": DEC}, "", DEC, None),
        # a person's
        ({"first": "", "theirs": DEC}, DEC, NOV, None),
        ({"first": "", "theirs": DEC}, JAN, NOV, None),
        ({"first": "", "theirs": DEC}, "", NOV, NOV),  # they emptied it: it is ours again
        ({"first": "", "theirs": ""}, "", NOV, None),  # they emptied ours: it stays empty
    ],
)
def test_the_due_date_is_written_where_it_is_ours_to_write(known, now, wanted, written):
    before = memory(**known) if known else TaskMemory()
    merged = merge(want({DUE: wanted}), seen(due=now), before, frozenset({JAN}))
    assert merged.writes.get(DUE) == written
    if written is not None:
        assert merged.task == {"dueDateTime": f"{written}T10:00:00Z" if written else None}


@pytest.mark.parametrize(
    ("known", "now", "wanted", "written"),
    [
        (None, "", "Page", "Page"),
        (None, "Somebody's", "Page", None),
        ({"ours": "Page"}, "Page", "", ""),
        ({"ours": "Page"}, "Page", "New", "New"),
        ({"ours": "Page"}, "Renamed", "New", None),
        ({"ours": "Page"}, "", "Page", None),  # removed by a person
        ({"theirs": ""}, "", "Page", None),
        ({"theirs": "Renamed"}, "", "Page", None),
        ({"ours": ""}, "", "Page", "Page"),
    ],
)
def test_a_reference_that_a_person_took_away_stays_away(known, now, wanted, written):
    before = memory(PAGE, first="", **known) if known else TaskMemory()
    address = PAGE.removeprefix(REFERENCE)
    merged = merge(want({PAGE: wanted} if wanted else {}), seen(references={address: now} if now else {}), before)
    assert merged.writes.get(PAGE) == written
    if written == "":
        assert merged.details["references"] == {escaped(address): None}


def test_a_checked_item_is_a_persons_and_stays_when_the_step_is_gone():
    before = memory(ITEM + "k", first="", ours="A step")
    for item, written in (({"title": "A step"}, ""), ({"title": "A step", "isChecked": True}, None)):
        assert merge(want(), seen(items={"k": item}), before).writes.get(ITEM + "k") == written


@pytest.mark.parametrize(
    ("known", "now", "wanted", "body"),
    [
        (None, [], ANA, {ANA}),
        (None, [BEN], ANA, None),
        ({"first": "", "ours": ANA}, [ANA], BEN, {ANA, BEN}),
        ({"first": "", "ours": ANA}, [ANA, CYD], BEN, None),
        ({"first": "", "ours": ANA}, [], ANA, None),
        ({"first": "", "theirs": CYD}, [], ANA, {ANA}),
    ],
)
def test_nobody_whom_a_person_assigned_is_taken_away(known, now, wanted, body):
    before = memory(ASSIGN, **known) if known else TaskMemory()
    merged = merge(want({ASSIGN: wanted}), seen(assignees=now), before)
    assert set(merged.task.get("assignments", {})) == (body or set())
    for person, value in merged.task.get("assignments", {}).items():
        assert (value is None) == (person in now)


@pytest.mark.parametrize(
    ("known", "percent", "closing", "completes"),
    [
        ({}, 0, 1, True),
        ({}, 50, 1, True),
        ({}, 100, 1, False),
        ({}, 0, 0, False),
        ({"completed_for": 1}, 0, 1, False),  # a person opened it again
        ({"completed_for": 1}, 0, 2, True),
        ({"completing": 1}, 0, 1, True),  # died, and nobody has written since
        ({"completing": 1, "etag": "E0"}, 0, 1, False),  # it may have been done, and a person opened it again
        ({"completing": 1}, 100, 1, False),
    ],
)
def test_a_task_is_completed_once_for_each_closing(known, percent, closing, completes):
    before = replace(TaskMemory(etag="E1"), **known)
    merged = merge(want(completes=closing), seen(percent=percent), before)
    assert bool(merged.completes) is completes
    assert merged.task == ({"percentComplete": 100} if completes else {})
    assert merged.after(["task"], {}).completed_for == max(closing, before.completed_for)


def test_what_we_completed_or_gave_to_somebody_is_no_act_of_a_person():
    merged = merge(want({ASSIGN: ANA}, 1), seen(), TaskMemory())
    for known in (merged.pending, merged.after(["task"], {})):
        assert our_hand(known).assignees == {ANA}
        assert our_hand(known).completed
    assert not our_hand(merge(want(completes=1), seen(percent=100), TaskMemory()).after((), {})).completed


def test_what_surely_was_not_written_is_tried_again_and_what_is_refused_is_not():
    merged = merge(want({DUE: NOV, PAGE: "Page"}), seen(), TaskMemory())
    assert merged.missing(()) == ["task", "details"]
    half = merged.after(["task"], {"task": "E2"})
    assert (half.fields[DUE].ours, half.fields[PAGE].ours, half.want, half.etag) == (NOV, None, "", "E2")
    assert not half.is_pending
    refused = merged.after(["task"], {}, refused="MaximumReferencesOnTask")
    assert refused.want == want({DUE: NOV, PAGE: "Page"}).digest


def test_what_a_policy_no_longer_names_is_left_as_it_stands():
    before = TaskMemory({DUE: FieldMemory("", NOV), PAGE: FieldMemory("", "Page")}, etag="E1")
    merged = merge(want(collections=()), seen(due=NOV, references={PAGE.removeprefix(REFERENCE): "Page"}), before)
    assert not merged.writes
    assert merged.after((), {}).fields == before.fields


@pytest.mark.parametrize(("kind", "most"), [("references", MOST_REFERENCES), ("checklist", MOST_ITEMS)])
def test_no_more_is_written_than_has_a_place(kind, most):
    prefix = REFERENCE if kind == "references" else ITEM
    ours = {f"{prefix}https://ours.example/{n}": "ours" for n in range(4)}
    there = {f"https://theirs.example/{n}": "theirs" for n in range(most - 2)}
    shown = seen(references=there) if kind == "references" else seen(items={k: {"title": v} for k, v in there.items()})
    assert len(merge(want(ours), shown, TaskMemory()).details[kind]) == 2


@given(st.text(max_size=80))
def test_an_escaped_address_is_read_back(address):
    key = escaped(address)
    assert unescaped(key) == address
    assert not set(key) & set(".:@#")


@given(st.text("%.:@#25E34A0x/", max_size=40))
def test_an_address_with_signs_of_escaping_is_read_back(address):
    assert unescaped(escaped(address)) == address


@pytest.mark.parametrize("odd", [{}, {"assignments": 3, "dueDateTime": 5}, {"assignments": {"@odata.type": "x"}}])
def test_odd_answers_say_nothing_and_fail_nothing(odd):
    shown = read_seen(odd, {"references": [], "checklist": {"k": None}})
    assert shown.fields.get(ASSIGN) is None
    assert not [name for name in shown.fields if name.startswith((REFERENCE, ITEM))]


VALUES = st.sampled_from(["", NOV, DEC, JAN])


@given(VALUES, st.lists(st.tuples(st.sampled_from(["want", "person", "run", "died before", "died after"]), VALUES)))
def test_whatever_happens_in_whatever_order_a_date_that_a_person_set_stands(first, steps):
    """Until they empty it themselves."""
    known, now, wanted, set_by_person = TaskMemory(), first, "", False
    for step, value in steps:
        if step == "want":
            wanted = value
        elif step == "person":
            set_by_person = value not in (now, "") or (set_by_person and value == now)
            now = value
        else:
            merged = merge(want({DUE: wanted}), seen(due=now), known)
            if set_by_person and merged.writes:
                # only where what they set is what we had written or were writing ourselves
                mine = known.fields.get(DUE, FieldMemory())
                assert now in (mine.ours, mine.pending)
            if step == "died before":
                known = merged.pending
            else:
                now = merged.writes.get(DUE, now)
                known = merged.pending if step == "died after" else merged.after(["task", "details"], {})
            if merged.writes:
                set_by_person = False
