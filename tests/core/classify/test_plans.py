"""Kinds of sentences about a plan, each in three wordings."""

import pytest

from tests.core.classify.plans import planned
from tests.core.classify.posts import a_post, when

SUCCESSOR = (
    "Support for Notes 3 ended on February 24, 2026. Support for Notes 4 ends on May 4, 2026.</p>"
    "<p>[What you need to do to prepare:]</p><p>Move to Notes 5, which is supported until October 2029."
)
RETIRES = "Contoso Notes: The old page will retire"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        # two months that are one time
        ("Rollout completes by late May/June 2026.", "ga worldwide - 260521-260630"),
        ("It begins in late May or early June 2026.", "ga worldwide 260521-260610 -"),
        ("Starting in December/January 2027.", "ga worldwide 261201-270131 -"),
        ("May &amp; June 2026: pages move.", "ga worldwide 260501-260531 260601-260630"),
        ("Pages move in June and July 2026.", "ga worldwide 260601-260630 260701-260731"),
        ("It starts between late May 2026 and mid-June 2026.", "ga worldwide 260521-260620 -"),
        # begun and completed in one
        ("The rollout started and finished in mid-February 2026.", "ga worldwide 260211-260220 260211-260220"),
        ("Begins and completes on May 4, 2026.", "ga worldwide 260504-260504 260504-260504"),
        ("It will start and conclude in May 2026.", "ga worldwide 260501-260531 260501-260531"),
        ("Begun in early February 2026, completed as of February 20.", "ga worldwide 260201-260210 260220-260220"),
        # there now
        ("Ongoing rollout", "ga worldwide - -"),
        ("The rollout is in progress.", "ga worldwide - -"),
        ("Effective immediately.", "ga worldwide - -"),
        ("Pages: already available", "ga worldwide - -"),
        ("It is available with the February 2026 security update now.", "ga worldwide - -"),
        ("It will be included in the next version.", "ga worldwide - -"),
        ("It ships with version 2605.", "ga worldwide - -"),
        # no windows at all
        ("Until May 4, 2026, files go to both places.", ""),
        ("Through May 2026: both pages work.", ""),
        ("Up to May 4, 2026: the old page is the default.", ""),
        ("Updates are paused on May 4, 2026 and resumed on May 18, 2026.", ""),
        ("There is no rollout from May 4 to May 18, 2026.", ""),
        ("Contoso pauses releases on May 4, 2026; they resume after May 18, 2026.", ""),
        ("Some tenants might see it in early April 2026.", ""),
        ("The cmdlet could arrive sooner, in late March 2026.", ""),
        ("The step in May 2026 will not affect existing pages.", ""),
        ("As of September 2025, all pages are published.", ""),
        ("Servers need the February 2026 Cumulative Update (KB5000001) or later.", ""),
        # phases
        ("Limited Release: May 2026", "preview worldwide 260501-260531 -"),
        ("General Availability (Targeted Release): May 4, 2026", "targeted worldwide 260504-260504 -"),
        ("Later this year, pages will move.", "ga worldwide 260101-261231 -"),
    ],
)  # fmt: skip
def test_a_line_of_a_plan(line: str, expected: str) -> None:
    assert "; ".join(planned(a_post(when(line)))) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # the end is told again
        (["Retirement begins: May 4, 2026", "Full retirement: June 1, 2026", "After June 1, 2026 nothing works."],
         ["retirement worldwide 260504-260504 260601-260601"]),
        (["Phased shutdown starts May 4, 2026", "Full and permanent removal: June 1, 2026"],
         ["retirement worldwide 260504-260504 260601-260601"]),
        (["New installs end on May 4, 2026.", "The page will be fully removed by June 1, 2026."],
         ["retirement worldwide 260504-260504 -", "retirement worldwide 260601-260601 -"]),
        (["May 4, 2026: The page stops working.", "May 2026: The change is effective everywhere."],
         ["retirement worldwide 260504-260504 -"]),
        # what comes besides
        (["A new list will be introduced on May 4, 2026.", "The old page is removed on June 1, 2026."],
         ["ga worldwide 260504-260504 -", "retirement worldwide 260601-260601 -"]),
        (["New pages move to the list in May 2026.", "The old page is blocked from June 2026."],
         ["ga worldwide 260501-260531 -", "retirement worldwide 260601-260630 -"]),
        (["From May 4, 2026 users see a warning banner.", "June 1, 2026: The page goes."],
         ["ga worldwide 260504-260504 -", "retirement worldwide 260601-260601 -"]),
        (["From May 4, 2026, new users will not be able to open it."], ["retirement worldwide 260504-260504 -"]),
        # how long it still works
        (["The page closes on May 4, 2026. Old links will continue to work until June 1, 2026."],
         ["retirement worldwide 260504-260504 -", "retirement worldwide 260601-260601 -"]),
        (["Through May 4, 2026: We will continue to support old pages."], ["retirement worldwide 260504-260504 -"]),
        (["The cmdlet remains available until May 4, 2026."], ["retirement worldwide 260504-260504 -"]),
        # by a day
        (["The page will be removed by May 4, 2026."], ["retirement worldwide 260504-260504 -"]),
        (["The change will be deployed by May 4, 2026."], ["retirement worldwide - 260504-260504"]),
        (["This rolls out by mid-May 2026."], ["retirement worldwide - 260511-260520"]),
        # the name of what goes, and the general availability of an end
        (["May 4, 2026: The Pages (preview) API is gone."], ["retirement worldwide 260504-260504 -"]),
        (["Calls to the beta endpoint fail from May 4, 2026."], ["retirement worldwide 260504-260504 -"]),
        (["General Availability (Worldwide): Rollout begins May 4, 2026."], ["retirement worldwide 260504-260504 -"]),
        (["General Availability (GCC): early May 2026 to mid-May 2026"],
         ["retirement gcc 260501-260510 260511-260520"]),
        (["Targeted Release: early May 2026", "General Availability: mid-May 2026"],
         ["targeted worldwide 260501-260510 -", "ga worldwide 260511-260520 -"]),
    ],
)  # fmt: skip
def test_a_plan_of_an_end(lines: list[str], expected: list[str]) -> None:
    assert planned(a_post(when(*lines), title=RETIRES), retiring=True) == expected


@pytest.mark.parametrize(
    ("title", "line", "expected"),
    [
        ("The page retires on May 14, 2026", "Support ends in mid-May 2026.", "retirement worldwide 260514-260514 -"),
        ("End of support on May 4, 2026", "It will end in May 2026.", "retirement worldwide 260504-260504 -"),
        ("Notes 3 goes on May 4, 2026", "It retires in June 2026.", "retirement worldwide 260601-260630 -"),
    ],
)  # fmt: skip
def test_the_day_of_the_title_is_more_exact(title: str, line: str, expected: str) -> None:
    assert planned(a_post(when(line), title=title), retiring=True) == [expected]


@pytest.mark.parametrize(
    "title", ["Public preview of pinned pages", "Pinned pages (preview)", "Paid preview: pin a page"]
)
def test_a_title_names_the_preview_that_the_timeline_does_not(title: str) -> None:
    assert planned(a_post(when("Rollout begins May 4, 2026."), title=title)) == ["preview worldwide 260504-260504 -"]


def test_a_title_does_not_change_the_phase_that_a_timeline_names() -> None:
    post = a_post(when("General Availability: May 4, 2026."), title="Pinned pages leave public preview")

    assert planned(post) == ["ga worldwide 260504-260504 -"]


@pytest.mark.parametrize(
    ("heads", "row", "expected"),
    [
        ("Cloud|Begin|Complete", "GCC|May 4, 2026|May 8, 2026", "ga gcc 260504-260504 260508-260508"),
        ("Ring|Start date|End date", "DoD|Early May 2026|Mid-May 2026", "ga dod 260501-260510 260511-260520"),
        ("Starts|Where|Expected completion", "May 4, 2026|GCC|May 8, 2026", "ga gcc 260504-260504 260508-260508"),
    ],
)  # fmt: skip
def test_the_heads_of_a_table_tell_what_its_dates_are(heads: str, row: str, expected: str) -> None:
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in line.split('|'))}</tr>" for line in (heads, row))
    body = "<p>Pages move.</p><p>[When this will happen:]</p><table>" + rows + "</table>"

    assert planned(a_post(body)) == [expected]


@pytest.mark.parametrize(
    ("banner", "expected"),
    [
        ("The rollout starts on April 6, 2026 and ends by April 20, 2026.", "ga worldwide 260406-260406 260420-260420"),
        ("We have updated the rollout timeline.", "ga worldwide 260401-260410 -"),
        ("The rollout was announced on March 1, 2026.", "ga worldwide 260401-260410 -"),
    ],
)  # fmt: skip
def test_a_banner_with_both_days_is_newer_than_the_timeline(banner: str, expected: str) -> None:
    body = f"<p>Updated April 4, 2026: {banner}</p>" + when("It begins in early April 2026.")

    assert planned(a_post(body)) == [expected]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("An update was released on March 2, 2026 to mend this.", ["ga worldwide 260302-260302 -"]),
        ("A new package has been made available today, March 3, 2026.", ["ga worldwide 260303-260303 -"]),
        ("The files were deployed on March 2, 2026.", ["ga worldwide 260302-260302 -"]),
        ("Window begins: May 4, 2026, 02:00</p><p>Window ends: May 4, 2026, 11:00",
         ["ga worldwide 260504-260504 260504-260504"]),
        ("We announce the public preview of pages. Rollout starts on May 4, 2026.",
         ["preview worldwide 260504-260504 -"]),
        (SUCCESSOR, ["retirement worldwide 260224-260224 -", "retirement worldwide 260504-260504 -"]),
        ("Add the May 4, 2026 session to your calendar; it starts at noon.", []),
    ],
)  # fmt: skip
def test_days_in_prose(body: str, expected: list[str]) -> None:
    assert planned(a_post(f"<p>{body}</p>")) == expected
