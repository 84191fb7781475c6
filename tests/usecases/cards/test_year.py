"""A quarter of real edits and of people (`make year` plays a year): what each channel gets, and what came of it all.

It takes minutes, so it is played once: cards come in time and say nothing twice, and the moments of every change are
those of the ledger that the people kept themselves.
"""

from datetime import date
from pathlib import Path

import pytest

from tests.usecases.cards.year import a_week, faults, ledger_faults, moves_after_a_card, play, policy
from tests.usecases.life.people import People

HISTORY = Path(__file__).parents[4] / "shared" / "data" / "history_2026.jsonl.gz"
pytestmark = pytest.mark.timeout(1200)


async def test_a_quarter_of_real_edits_is_told_in_time_once_and_measured_as_the_people_saw_it():
    if not HISTORY.exists():
        pytest.skip(f"needs {HISTORY}, which is not part of the project")

    people = People(policy(), seed=7)
    played = await play([HISTORY], date(2026, 1, 1), date(2026, 4, 1), people)

    assert {name: found for name, found in faults(played).items() if found} == {}
    assert played.parked == 0
    assert len(moves_after_a_card(played)) > 10
    assert all(median <= 5 and high <= 12 for median, high in a_week(played).values())
    assert len(played.messages) > 100

    assert {name: found for name, found in ledger_faults(played, people).items() if found} == {}
    through = [line.through for line in played.lines if line.closed]
    assert min(through.count(each) for each in ("page", "ticket", "task", "answer", "lapsed")) >= 3
