"""Which lines a short pass looks at: all of which time alone may have changed something, and few besides."""

import random
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import get_args

import pytest

from shared.core.changes.reissues import Sketch, unstated, unstated_of
from shared.core.life.alike import alike
from shared.core.life.closing import lapse, open_row
from shared.core.life.lapsing import may_lapse, may_turn
from shared.core.life.line import Line, part_of
from shared.core.life.line_parts import change_part, closing_part, task_part, ticket_part
from shared.core.posts.classification import Interval, Window
from shared.core.terms import Status
from tests.core.life.test_closing import BY_TASK, NOW, change, day, task, ticket
from tests.usecases.world import policy


def line_of(one, tickets, tasks, now):
    parts = [change_part(one, policy(), now), closing_part(one)]
    parts += [ticket_part(state, 1) for state in tickets] + [task_part(each) for each in tasks]
    return Line(one.id, tuple(part for part in parts if part))


def window(days):
    end = (NOW + timedelta(days=days)).date()
    return (Window("ga", ("worldwide",), Interval(end, end), Interval(end, end)),)


DAYS = [*range(10), *range(28, 33), *range(38, 44)]
"""Around the ends of the plans, and a month after the newest edition."""
PLANS = [{}, {"windows": window(3)}, {"windows": window(40)}, {"act_by": (NOW + timedelta(days=7)).date()}]
TRACKED = [([], []), ([ticket("assess")], []), ([], [task()]), ([], [replace(task(), gone=day(1))]),
           ([ticket("", number="", first_load="kept")], [])]  # fmt: skip


def cases():
    for status, plan, tracked, stage, closed in product(
        get_args(Status), PLANS, TRACKED, ("decided", "classify"), (None, BY_TASK)
    ):
        yield change(stage, closed, status=status, **plan), *tracked


def private(one):
    return replace(one, post={**one.post, "tags": ["GDPR"]})


@pytest.mark.parametrize("made", [lambda one: one, private], ids=["any", "private"])
def test_what_lapses_or_leaves_the_list_of_the_open_is_looked_at(made):
    lapsed = left = 0
    for one, tickets, tasks in cases():
        one = made(one)  # noqa: PLW2901 - the same
        line, before = line_of(one, tickets, tasks, NOW), open_row(one, tickets, tasks, policy(), NOW)
        for after in DAYS:
            now = day(after)
            if lapse(one, tickets, tasks, policy(), now) is not one:
                lapsed += 1
                assert may_lapse(line, now), (one.classification, now)
            if before != open_row(one, tickets, tasks, policy(), now):
                left += 1
                assert may_lapse(line, now), (one.classification, now)
            if line != line_of(one, tickets, tasks, now):
                assert may_turn(line), (one.classification, now)
    assert lapsed
    assert left


def test_what_is_planned_filed_or_closed_is_not():
    planned = change(status="scheduled", windows=window(40))
    for one, tickets in ((planned, []), (change(closed=BY_TASK), []), (change(), [ticket("assess")])):
        assert not may_lapse(line_of(one, tickets, [], NOW), day(35))
        assert not may_turn(line_of(one, tickets, [], NOW))


def test_a_line_that_says_nothing_of_its_change_is_not():
    assert not may_lapse(Line("MC1200001", ()), NOW)


# What is new is compared with what is like it.


def some(chance, count):
    for number in range(count):
        title = chance.choice(["notice", "notice march 2026", "a viewer", "a viewer", f"news {number % 5}", ""])
        roadmap = frozenset(chance.sample(["111111", "222222", "333333"], chance.choice([0, 0, 1, 2])))
        services = frozenset(chance.sample(["Teams", "Exchange"], 1))
        at = NOW - timedelta(days=chance.randrange(800))
        yield Sketch(f"MC{1200000 + number}", title, services, roadmap, at)


def as_line(each):
    return Line(each.id, (part_of("change", "1", {"title": each.title, "roadmap": tuple(sorted(each.roadmap))}),))


@pytest.mark.parametrize("seed", range(20))
def test_a_new_post_finds_among_its_like_what_it_would_find_among_all(seed):
    chance = random.Random(seed)
    *others, new = some(chance, 14)
    before, after = unstated(others), unstated([*others, new])

    like = alike([new], map(as_line, others))
    found = unstated_of({new.id}, [new, *(each for each in others if each.id in like)])

    wanted = [each for each in after if each not in before and new.id in {each.change, each.other}]
    assert [each for each in wanted if each not in found] == []
    assert [each for each in found if each not in after] == []


def test_a_post_on_data_privacy_is_like_no_other():
    new = Sketch("MC1200009", "a message on data privacy", frozenset(), frozenset(), NOW)
    hidden = part_of("change", "1", {"title": "A message on data privacy", "private": True})

    assert alike([new], [Line("MC1200001", (hidden,))]) == set()
