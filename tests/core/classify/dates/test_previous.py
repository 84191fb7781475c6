import pytest

from shared.core.classify.dates.previous import take_out


@pytest.mark.parametrize(
    ("line", "now", "old"),
    [
        pytest.param("late May (previously mid-May) and on", "late May and on", ("mid-May",), id="one part"),
        pytest.param("A (previously B) C (previously D).", "A C.", ("B", "D"), id="two parts"),
        pytest.param("A (previously B (previously C)) D", "A D", ("B ; C",), id="nested"),
        pytest.param(
            "June (previously May (previously April) and is expected to complete by July (previously June).",
            "June and is expected to complete by July.",
            ("May ; April", "June"),
            id="nested and unclosed",
        ),
        pytest.param("late May (previously mid-May.", "late May.", ("mid-May",), id="unclosed at a full stop"),
        pytest.param("late May (previously mid-May", "late May", ("mid-May",), id="unclosed at the end"),
        pytest.param(
            "late May (previously mid-May – June", "late May – June", ("mid-May",), id="unclosed before a dash"
        ),
        pytest.param(
            "On hold (previously beginning in March and completing in May).",
            "On hold.",
            ("beginning in March and completing in May",),
            id="a whole old plan",
        ),
        pytest.param("A [previously B] C", "A C", ("B",), id="square brackets"),
        pytest.param("as previously told", "as previously told", (), id="the word without a bracket"),
    ],
)
def test_old_dates_are_taken_out_and_kept(line: str, now: str, old: tuple[str, ...]) -> None:
    assert take_out(line) == (now, old)


def test_an_unclosed_part_does_not_eat_the_line() -> None:
    kept, _ = take_out("A (previously " + "x" * 1_000)

    assert len(kept) > 800
