from datetime import date

import pytest

from shared.core.classify.dates.cues import spans
from shared.core.posts.classification import Interval


def short(interval: Interval | None) -> str:
    return f"{interval.first:%m%d}-{interval.last:%m%d}" if interval else ""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(
            "We will begin rolling out early May 2026 and expect to complete by mid-June 2026.",
            [("0501-0510", "0611-0620")],
            id="begin and complete",
        ),
        pytest.param(
            "Rollout begins late May and completes by mid-June 2026",
            [("0521-0531", "0611-0620")],
            id="one year for two",
        ),
        pytest.param("Late May 2026 through mid-June 2026", [("0521-0531", "0611-0620")], id="through"),
        pytest.param("Late May 2026 – mid-June 2026", [("0521-0531", "0611-0620")], id="an en dash"),
        pytest.param(
            "Begins May 4, 2026; expected completion by May 8, 2026", [("0504-0504", "0508-0508")], id="a semicolon"
        ),
        pytest.param("Starting May 4, 2026 and ending by late May 2026", [("0504-0504", "0521-0531")], id="ending by"),
        pytest.param(
            "It will roll out between May 4, 2026, and May 8, 2026.", [("0504-0504", "0508-0508")], id="between and"
        ),
        pytest.param(
            "It starts in late May and will continue into mid-June.", [("0521-0531", "0611-0620")], id="continues into"
        ),
        pytest.param("Rolling out now – early May 2026", [("", "0501-0510")], id="from now on"),
        pytest.param("The rollout will complete by early May 2026.", [("", "0501-0510")], id="only a completion"),
        pytest.param("It will be rolled out by early May 2026.", [("", "0501-0510")], id="by, of a rollout, completes"),
        pytest.param("Rollout will begin by early May 2026.", [("0501-0510", "")], id="begin by"),
        pytest.param(
            "Please add the address by May 4, 2026.", [("0504-0504", "")], id="by, in a demand, is when it counts"
        ),
        pytest.param("Effective May 4, 2026, it works so.", [("0504-0504", "")], id="effective"),
        pytest.param("It works so as of May 4, 2026.", [("0504-0504", "")], id="as of"),
        pytest.param(
            "The web gets it in May 2026 and the phones in June 2026.",
            [("0501-0531", ""), ("0601-0630", "")],
            id="two times in one line",
        ),
        pytest.param(
            "We will begin in May 2026 for Contoso and in July 2026 for Fabrikam.",
            [("0501-0531", ""), ("0701-0731", "")],
            id="two beginnings",
        ),
        pytest.param(
            "Rollout (announced in April 2026) begins in May 2026.", [("0501-0531", "")], id="when it was announced"
        ),
        pytest.param("It has moved from May 2026 to June 2026.", [("0601-0630", "")], id="moved from and to"),
        pytest.param("Completed late May 2026 (mid-May).", [("", "0521-0531")], id="an old date in plain brackets"),
        pytest.param(
            "You may postpone it until July 2026. It begins in May 2026.", [("0501-0531", "")], id="the reader's delay"
        ),
        pytest.param("As communicated in 2025, it begins May 4, 2026.", [("0504-0504", "")], id="a year that is over"),
        pytest.param(
            "Begins late December 2026 and completes by mid-January", [("1221-1231", "0111-0120")], id="over New Year"
        ),
    ],
)
def test_the_rollouts_of_a_line(line: str, expected: list[tuple[str, str]]) -> None:
    assert [(short(span.start), short(span.end)) for span in spans(line, date(2026, 3, 3))] == expected


def test_a_completion_without_a_year_lies_behind_its_beginning() -> None:
    (span,) = spans("Begins late December 2026 and completes by mid-January", date(2026, 3, 3))

    assert span.end == Interval(date(2027, 1, 11), date(2027, 1, 20))


def test_a_date_that_an_edit_cannot_have_meant_is_counted_from_the_post() -> None:
    (span,) = spans("It begins in May", date(2026, 9, 1), date(2026, 3, 3))

    assert span.start == Interval(date(2026, 5, 1), date(2026, 5, 31))
