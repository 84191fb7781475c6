import pytest

from shared.core.classify.classifier import classify
from shared.core.posts.classification import Classification, Interval
from tests.core.classify.posts import a_post, when


def days(interval: Interval | None) -> str:
    return f"{interval.first:%y%m%d}-{interval.last:%y%m%d}" if interval else "-"


def plan(said: Classification) -> list[str]:
    return [f"{w.phase} {','.join(w.clouds)} {days(w.start)} {days(w.end)}" for w in said.windows]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(
            ["Targeted Release: We will begin rolling out early May 2026 and expect to complete by mid-May 2026."],
            ["targeted worldwide 260501-260510 260511-260520"],
            id="a phase and no cloud is worldwide",
        ),
        pytest.param(
            ["Worldwide and GCC: Begins May 4, 2026."],
            ["ga worldwide,gcc 260504-260504 -"],
            id="clouds and no phase are ga",
        ),
        pytest.param(
            ["General Availability (GCC, GCC High, DoD): early May 2026 – mid-May 2026"],
            ["ga gcc,gcch,dod 260501-260510 260511-260520"],
            id="three clouds",
        ),
        pytest.param(["GCCH: early May 2026"], ["ga gcch 260501-260510 -"], id="GCCH in one word"),
        pytest.param(["Gallatin: early May 2026"], ["ga china 260501-260510 -"], id="China's cloud by its name"),
        pytest.param(
            ["Public Preview / Targeted Release: mid-May 2026"],
            ["preview worldwide 260511-260520 -", "targeted worldwide 260511-260520 -"],
            id="two phases in one label",
        ),
        pytest.param(
            ["General Availability:", "Worldwide: early May 2026", "DoD: late May 2026"],
            ["ga worldwide 260501-260510 -", "ga dod 260521-260531 -"],
            id="a label without dates speaks for the lines below",
        ),
        pytest.param(
            ["Public Preview rollout begins: late May 2026", "Expected completion: late June 2026"],
            ["preview worldwide 260521-260531 260621-260630"],
            id="beginning and completion on two lines",
        ),
        pytest.param(
            ["Targeted release begins in May 2026 and general availability in June 2026."],
            ["targeted worldwide 260501-260531 -", "ga worldwide 260601-260630 -"],
            id="two phases in one sentence",
        ),
        pytest.param(
            ["General Availability (Worldwide): early May 2026 (previously late April (previously March)) – June 2026"],
            ["ga worldwide 260501-260510 260601-260630"],
            id="old dates are no plan",
        ),
        pytest.param(
            ["General Availability (Worldwide): Available now."], ["ga worldwide - -"], id="there now, without a date"
        ),
        pytest.param(
            ["Worldwide: early May 2026.", "GCC: We will communicate when we are ready to proceed."],
            ["ga worldwide 260501-260510 -"],
            id="a promise is no window",
        ),
        pytest.param(
            ["The old page will be retired by May 4, 2026."],
            ["retirement worldwide 260504-260504 -"],
            id="what is retired by a day is gone from that day",
        ),
        pytest.param(
            ["Start of retirement: May 4, 2026", "Full retirement: June 4, 2026"],
            ["retirement worldwide 260504-260504 260604-260604"],
            id="retirement from and to",
        ),
        pytest.param(
            ["May 2026 security update: The page is new.", "July 2026: The old page is gone."],
            ["ga worldwide 260501-260531 -", "ga worldwide 260701-260731 -"],
            id="phases of a Windows post",
        ),
        pytest.param(
            ["Worldwide: early May 2026, and other apps later in 2026"],
            ["ga worldwide 260501-260510 -"],
            id="an outlook",
        ),
    ],
)
def test_the_lines_of_a_when_section(lines: list[str], expected: list[str]) -> None:
    assert plan(classify(a_post(when(*lines)))) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            "<p>We are announcing pinned pages. This feature will reach general availability on May 4, 2026.</p>",
            ["ga worldwide 260504-260504 -"],
            id="the Dynamics sentence",
        ),
        pytest.param(
            "<p>On May 4, 2026, we will update the page. It will be fully available by May 29, 2026.</p>",
            ["ga worldwide 260504-260504 260529-260529"],
            id="beginning and end in two sentences",
        ),
        pytest.param(
            "<p>Starting May 4, 2026, pages will no longer be saved. Requests will fail starting May 4, 2026.</p>",
            ["retirement worldwide 260504-260504 -"],
            id="a retirement told twice is one",
        ),
        pytest.param(
            "<p>It came in March 2021. The May 2026 security update mends them. They will change on May 4, 2026.</p>",
            ["ga worldwide 260504-260504 -"],
            id="history and names of updates are no plan",
        ),
        pytest.param(
            "<p>Pinned pages are now available in Contoso Notes.</p>", ["ga worldwide - -"], id="available now"
        ),
        pytest.param(
            "<p>Want to attend the May 4 session? Add it to your calendar.</p>", [], id="an event is no rollout"
        ),
    ],
)
def test_posts_without_a_when_section(body: str, expected: list[str]) -> None:
    assert plan(classify(a_post(body))) == expected


def test_the_template_of_2026_is_read() -> None:
    body = (
        "<p>[What and why]</p><p>Notes will get a list of pages.</p><p>[Rollout schedule]</p><ul>"
        "<li><b>Targeted Release:</b> June 8 – June 19, 2026</li>"
        "<li><b>General Availability</b> (Worldwide, GCC): Beginning in late June 2026 (previously early June) and "
        "expected to complete by mid-July 2026</li></ul>"
        "<p>[Action Required / Recommendations]</p><p>No action is required.</p>"
    )
    said = classify(a_post(body))

    assert plan(said) == [
        "targeted worldwide 260608-260608 260619-260619",
        "ga worldwide,gcc 260621-260630 260711-260720",
    ]
    assert said.action == "none"


def test_a_window_carries_the_sentence_that_says_so() -> None:
    (window,) = classify(a_post(when("Worldwide: early May 2026 (previously April)."))).windows

    assert window.words == "Worldwide: early May 2026."
