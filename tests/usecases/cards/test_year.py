"""A quarter of real edits: what each channel gets, not late, and nothing twice (`make year` plays a year)."""

from datetime import date
from pathlib import Path

import pytest

from tests.usecases.cards.year import a_week, faults, moves_after_a_card, play

HISTORY = Path(__file__).parents[4] / "shared" / "data" / "history_2026.jsonl.gz"
pytestmark = pytest.mark.timeout(1200)


async def test_a_quarter_of_real_edits_is_told_in_time_once_and_without_a_word_too_many():
    if not HISTORY.exists():
        pytest.skip(f"needs {HISTORY}, which is not part of the project")

    played = await play([HISTORY], date(2026, 1, 1), date(2026, 4, 1))

    assert {name: found for name, found in faults(played).items() if found} == {}
    assert played.parked == 0
    assert len(moves_after_a_card(played)) > 10
    assert all(median <= 5 and high <= 12 for median, high in a_week(played).values())
    assert len(played.messages) > 100
