"""Clouds: named, left out, and beyond those that the product follows."""

import pytest

from shared.core.classify.clouds import is_elsewhere, named, reached
from tests.core.classify.plans import planned
from tests.core.classify.posts import a_post, when


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Worldwide (apart from government clouds)", "worldwide"),
        ("All tenants worldwide, with the exception of GCC High and DoD", "worldwide"),
        ("Commercial cloud, not including sovereign clouds", "worldwide"),
        ("All clouds except DoD", "worldwide gcc gcch"),
        ("All clouds other than GCC", "worldwide gcch dod"),
        ("Worldwide and GCC. Not available in DoD.", "worldwide gcc"),
        ("Worldwide and government clouds", "worldwide gcc gcch dod"),
        ("commercial as well as government tenants", "worldwide gcc gcch dod"),
        ("commercial, government, and sovereign customers", "worldwide gcc gcch dod china"),
        ("government clouds (GCC High and DoD)", "gcch dod"),
        ("Public cloud and US government clouds (GCC)", "worldwide gcc"),
        ("General Availability (Production and GCC)", "worldwide gcc"),
        ("General Availability (Production, DoD)", "worldwide dod"),
        ("Targeted Release (GCC, Production)", "worldwide gcc"),
        ("Production tenants come later", ""),
        ("Department of Defense", "dod"),
        ("Government Community Cloud High", "gcch"),
        ("You can use all but one of them", ""),
    ],
)  # fmt: skip
def test_what_is_left_out_is_not_reached(words: str, expected: str) -> None:
    assert " ".join(reached(words)) == expected


def test_a_cloud_that_is_left_out_is_still_named() -> None:
    assert named("Worldwide, excluding DoD") == ("worldwide", "dod")


@pytest.mark.parametrize("words", ["USNat and USSec", "AirGap:", "US Sec only"])
def test_some_clouds_are_elsewhere(words: str) -> None:
    assert is_elsewhere(words)
    assert not is_elsewhere(f"Worldwide, {words}")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ["Worldwide: early May 2026 to mid-May 2026", "USSec: early June 2026 to mid-June 2026"],
            ["ga worldwide 260501-260510 260511-260520"],
        ),
        (["USNat/USSec", "Begins May 4, 2026.", "GCC", "Begins May 5, 2026."], ["ga gcc 260505-260505 -"]),
        (
            ["AirGap clouds: May 4, 2026", "Worldwide and AirGap: May 5, 2026"],
            ["ga worldwide 260505-260505 -"],
        ),
        (
            ["The page has already started to roll out in the commercial cloud and is expected in GCC by May 4, 2026."],
            ["ga worldwide - -", "ga gcc - 260504-260504"],
        ),
        (
            ["It is available worldwide, and will begin in DoD on May 4, 2026."],
            ["ga worldwide - -", "ga dod 260504-260504 -"],
        ),
        (
            ["It has rolled out for multi-tenant clouds, with other clouds starting in May 2026."],
            ["ga worldwide - -", "ga gcc,gcch,dod 260501-260531 -"],
        ),
        (
            ["The change starts on May 4, 2026, and reaches everybody by May 8, 2026 (Worldwide and GCC)."],
            ["ga worldwide,gcc 260504-260504 260508-260508"],
        ),
    ],
)  # fmt: skip
def test_the_clouds_of_a_timeline(lines: list[str], expected: list[str]) -> None:
    assert planned(a_post(when(*lines))) == expected


@pytest.mark.parametrize(
    "affected",
    [
        "<p><b>Who is affected:</b></p><p>Admins in Worldwide, GCC, and DoD tenants.</p>",
        "<p>Who will be affected: everybody in the commercial cloud, GCC and DoD</p>",
        "<p>All Contoso tenants (Worldwide, GCC, DoD).</p>",
    ],
)
def test_a_timeline_without_clouds_is_for_those_who_are_affected(affected: str) -> None:
    body = when("Begins May 4, 2026.") + f"<p><b>How this affects your organization</b></p>{affected}"

    assert planned(a_post(body)) == ["ga worldwide,gcc,dod 260504-260504 -"]


def test_those_who_are_affected_do_not_change_a_cloud_that_is_named() -> None:
    body = when("GCC: May 4, 2026.") + "<p><b>How this affects your organization</b></p><p>All tenants (GCC, DoD).</p>"

    assert planned(a_post(body)) == ["ga gcc 260504-260504 -"]
