from datetime import date

import pytest

from shared.core.classify.dates.cues import spans

PUBLISHED = date(2026, 3, 3)


def told(text: str, day: date | None = PUBLISHED) -> list[str]:
    """Each date of a text as its days, written short."""
    found = [interval for span in spans(text, day) for interval in (span.start, span.end) if interval]
    return [f"{interval.first:%y%m%d}-{interval.last:%y%m%d}" for interval in found]


@pytest.mark.parametrize(
    ("words", "days"),
    [
        pytest.param("in early May 2026", ["260501-260510"], id="early is the first ten days"),
        pytest.param("in mid-May 2026", ["260511-260520"], id="mid is the second ten days"),
        pytest.param("in middle of May 2026", ["260511-260520"], id="middle of is mid"),
        pytest.param("in late May 2026", ["260521-260531"], id="late runs to the last day"),
        pytest.param("in late February 2028", ["280221-280229"], id="late February of a leap year"),
        pytest.param("at the end of May 2026", ["260521-260531"], id="end of is late"),
        pytest.param("at end-of-May 2026", ["260521-260531"], id="end of, with hyphens"),
        pytest.param("at the beginning of May 2026", ["260501-260510"], id="beginning of is early"),
        pytest.param("in early to mid-May 2026", ["260501-260520"], id="early to mid"),
        pytest.param("in mid-to-late May 2026", ["260511-260531"], id="mid to late"),
        pytest.param(
            "in late mid-May 2026", ["260511-260520"], id="of two thirds by mistake, the word next to the month"
        ),
        pytest.param("in late-May 2026", ["260521-260531"], id="a hyphen after late"),
        pytest.param("in mid May2026", ["260511-260520"], id="no space before the year"),
        pytest.param("in Late Jun 2026", ["260621-260630"], id="a short month"),
        pytest.param("in May 2026", ["260501-260531"], id="a whole month"),
        pytest.param("in May, 2026", ["260501-260531"], id="a comma before the year"),
        pytest.param("on May 5, 2026", ["260505-260505"], id="an exact day"),
        pytest.param("on May 5th 2026", ["260505-260505"], id="an ordinal day"),
        pytest.param("on 5 May 2026", ["260505-260505"], id="the day first"),
        pytest.param("on the 5th of May 2026", ["260505-260505"], id="the day first, in words"),
        pytest.param("on 2026-05-05", ["260505-260505"], id="an ISO date"),
        pytest.param("on 5/6/2026", ["260506-260506"], id="a numeric date is American"),
        pytest.param("on May 5-7, 2026", ["260505-260505", "260507-260507"], id="days of one month are a range"),
        pytest.param("the week of May 4, 2026", ["260504-260510"], id="a week from its day"),
        pytest.param("the first week of May 2026", ["260501-260507"], id="the first week of a month"),
        pytest.param("the last week of May 2026", ["260525-260531"], id="the last week of a month"),
        pytest.param("in Q2 2026", ["260401-260630"], id="a quarter"),
        pytest.param("in Q2 CY2026", ["260401-260630"], id="a quarter of a calendar year"),
        pytest.param("in CY26 Q2", ["260401-260630"], id="a quarter, the year first"),
        pytest.param("in the second quarter of 2026", ["260401-260630"], id="a quarter in words"),
        pytest.param("in the 4th quarter of calendar year 2026", ["261001-261231"], id="a quarter of a year in words"),
        pytest.param("in late Q2 2026", ["260601-260630"], id="the last month of a quarter"),
        pytest.param("in FY27 Q1", ["260701-260930"], id="a fiscal quarter, when the post says so"),
        pytest.param("in the first half of 2026", ["260101-260630"], id="a half"),
        pytest.param("in H2 2026", ["260701-261231"], id="a half as a number"),
        pytest.param("by the end of 2026", ["261201-261231"], id="the end of a year is its last month"),
        pytest.param("in 2027", ["270101-271231"], id="a year alone"),
        pytest.param("later this year", ["260101-261231"], id="later this year is that year"),
        pytest.param("in the next 30 days", ["260303-260402"], id="the next days, from the post's day"),
        pytest.param("in March", ["260301-260331"], id="a month without a year, near the post"),
        pytest.param("in January", ["260101-260131"], id="a month without a year, two months ago"),
        pytest.param("in November", ["261101-261130"], id="a month without a year, ahead"),
        pytest.param("it began in November", ["251101-251130"], id="a month without a year, where the line looks back"),
        pytest.param("from November/December 2026", ["261101-261231"], id="two months are one time"),
        pytest.param("You may want to march on", [], id="may and march are words, too"),
        pytest.param("Contoso Server 2019 and later", [], id="a product's number is no year"),
        pytest.param("on February 30, 2026", [], id="no such day"),
        pytest.param("version 16.05.2026 and 24/7 support", [], id="versions and ratios are no dates"),
        pytest.param("soon, in the coming weeks", [], id="no words, no date"),
    ],
)
def test_words_become_days(words: str, days: list[str]) -> None:
    assert told(words) == days


def test_a_date_without_a_year_and_without_a_day_to_count_from_is_none() -> None:
    assert told("in May", None) == []
