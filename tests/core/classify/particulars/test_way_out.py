"""How to stay out of a change, and sentences that only sound like it."""

import pytest

from tests.core.classify.particulars.parts import items, prepare, read


def ways(sentence: str) -> list[tuple[str, str]]:
    return [(way.kind, str(way.last_day or "")) for way in read(prepare(sentence)).way_out]


@pytest.mark.parametrize(
    ("sentence", "kind", "day"),
    [
        ("You can opt out of the new layout in the Pages portal.", "opt_out", ""),
        ("Admins may opt out before May 15, 2026.", "opt_out", "2026-05-15"),
        ("If you prefer to opt out, clear the box by May 15, 2026.", "opt_out", "2026-05-15"),
        ("Organizations can delay the migration until June 2026.", "opt_out", "2026-06-30"),
        ("You can request an extension.", "opt_out", ""),
        ("Admins can turn off the layout for everybody.", "turn_off", ""),
        ("Admins can disable layouts with a policy.", "turn_off", ""),
        ("The layout can be turned on or off by admins.", "turn_off", ""),
        ("If you wish to turn off layouts, use the portal.", "turn_off", ""),
        ("To disable layouts for a team:", "turn_off", ""),
        ("Until June 30, 2026, users can switch back to the classic layout.", "keep_old", "2026-06-30"),
        ("Users will be able to toggle back for some weeks.", "keep_old", ""),
        ("If you want to keep the current behavior, set the flag.", "keep_old", ""),
        ("There is no option to disable it.", "none", ""),
        ("This change cannot be turned off.", "none", ""),
        ("It is on by default and cannot be turned off by admins.", "none", ""),
        ("Admins cannot opt out.", "none", ""),
        ("Layouts are on by default (opt-out).", "opt_out", ""),
        ("There are no admin controls or options for it.", "none", ""),
        ("Opting out is not possible.", "none", ""),
        ("There are no admin controls to disable the layout.", "none", ""),
        ("Layouts are on and will always remain that way.", "none", ""),
        ("Admins cannot control the availability of layouts.", "none", ""),
        ("There are no settings or controls to manage this change.", "none", ""),
        ("The layout comes with no admin controls.", "none", ""),
        ("If you do not want people to use layouts, remove or restrict them.", "turn_off", ""),
        ("If no changes are made, the existing layout remains in place.", "keep_old", ""),
        ("Existing page layouts remain supported.", "keep_old", ""),
        ("There is no separate admin or user toggle to disable layouts.", "none", ""),
        ("Layouts are on and have no separate tenant-level on/off toggle.", "none", ""),
        ("No new dedicated admin toggle is introduced.", "none", ""),
        ("No action is required to maintain the current layout.", "keep_old", ""),
        ("If you take no action, pages will continue to open in their original layout.", "keep_old", ""),
        ("No admin toggle is provided.", "none", ""),
        ("There is currently no admin control to disable layouts.", "none", ""),
        ("There is no option to disable it; the only way to stop it is to disable pages.", "turn_off", ""),
        ("End users cannot disable or revert this change.", "none", ""),
        ("No action is required unless you wish to disable layouts.", "turn_off", ""),
        ("If your organization prefers to disable layouts, use the portal.", "turn_off", ""),
        ("Admins can enable (or disable) layouts.", "turn_off", ""),
        ("Temporarily roll back the layout with a registry value.", "keep_old", ""),
        ("Users can switch between the new and the classic layout.", "keep_old", ""),
        ("Admins can configure a custom layout to override the default behavior.", "opt_out", ""),
    ],
)
def test_a_way_out(sentence: str, kind: str, day: str) -> None:
    assert ways(sentence) == [(kind, day)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Users can turn off their camera.",
        "Layouts could previously be turned off.",
        "Old layouts will be disabled.",
        "If layouts are disabled, nothing changes.",
        "Do not disable the layouts.",
        "Admins will no longer be able to disable pages.",
        "Can users turn it off?",
        "No action is required if you want to keep the current layout.",
        "The option to disable layouts will be removed.",
        "Learn more about how you can turn off layouts.",
        "Today, users can disable layouts.",
        "No new admin controls are needed.",
        "The toggle to switch off pages will no longer be available.",
        "Admins can use this to retain the original label of a page.",
        "Users can return to the previous state of a page.",
        "The ability to completely disable layouts will be removed.",
        "Admins can disable the default layout of Contoso.",
        "Existing layout permissions remain supported.",
        "Existing layouts remain available.",
        "There is no end-user control to disable layouts.",
        "Admins can disable or delete policies that block layouts.",
        "If you take no action, layouts will continue to roll out.",
    ],
)
def test_no_way_out(sentence: str) -> None:
    assert ways(sentence) == []


def test_a_way_that_is_told_twice_is_one_with_its_day() -> None:
    told = "You can opt out of layouts. To stay as you are, you can opt out before May 15, 2026."

    assert ways(told) == [("opt_out", "2026-05-15")]


COMPLIANCE = "<p>[Compliance considerations:]</p>"
CONTROLLED = "Does the change include an admin control?"


@pytest.mark.parametrize(
    ("told", "kinds"),
    [
        (items("Layouts can be enabled or disabled by admins."), ["turn_off"]),
        (f"<p>{CONTROLLED} | Yes. Admins can enable or disable layouts.</p>", ["turn_off"]),
        (f"<p>{CONTROLLED} | Yes. There is no additional tenant-level toggle for layouts.</p>", ["none"]),
        (f"<p>{CONTROLLED} | No. Admins can disable pages.</p>", []),
        ("<p>Does the change allow a user to turn off layouts? | Yes.</p>", []),
    ],
)
def test_the_answers_about_compliance_tell_ways_as_well(told: str, kinds: list[str]) -> None:
    assert [way.kind for way in read(prepare("Tell your helpdesk.") + COMPLIANCE + told).way_out] == kinds


def test_what_can_be_done_all_the_same_stands_beside_what_cannot() -> None:
    told = (
        "Admins cannot control the availability of layouts. However, if pages are disabled by admins, there are none."
    )

    (way,) = read(prepare(told)).way_out

    assert (way.kind, way.words) == ("turn_off", told)


def test_a_temporary_way_ends_on_the_day_of_another_line() -> None:
    told = items(
        "End of 2027: The temporary workaround expires.", "Temporarily roll back the layout with a registry value."
    )

    assert ways(told) == [("keep_old", "2027-12-31")]


def test_the_table_does_not_tell_the_way_of_the_text_in_other_words() -> None:
    table = f"{COMPLIANCE}<p>{CONTROLLED} | Yes. Admins can enable or disable layouts.</p>"

    assert ways(f"<p>You can opt out of the new layout.</p>{table}") == [("opt_out", "")]
