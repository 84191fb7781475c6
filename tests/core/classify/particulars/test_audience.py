from typing import Any

import pytest

from shared.core.classify.document import read_document
from shared.core.classify.particulars.audience import MOST_ENTRIES, read_audience
from shared.core.posts.particulars import Audience
from tests.core.classify.posts import a_post


def audience(body: str, **fields: Any) -> tuple[Audience, ...]:
    post = a_post(f"<p>We will add a way to pin a page.</p>{body}", **fields)
    return read_audience(post, read_document(post))


def names(body: str, **fields: Any) -> list[tuple[str, str]]:
    return [(entry.kind, entry.name) for entry in audience(body, **fields)]


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("Teams administrators", [("role", "Teams administrators")]),
        ("All Contoso Notes users.", [("role", "Contoso Notes users")]),
        ("- All makers who share pins", [("role", "Makers who share pins")]),
        ("Admins who manage pins and policies", [("role", "Admins who manage pins and policies")]),
        (
            "Meeting organizers (and their delegates) in private teams",
            [("role", "Meeting organizers in private teams")],
        ),
        ("All Contoso Notes users across commercial and GCC tenants", [("role", "Contoso Notes users")]),
        ("Pin users, except in schools", [("role", "Pin users")]),
        ("Organizations that use Exchange hybrid", [("other", "Organizations that use Exchange hybrid")]),
        ("Tenants with Customer Key", [("other", "Tenants with Customer Key")]),
        ("Users who will see pins", [("role", "Users who will see pins")]),
        ("Users who reach pins through a link", [("role", "Users who reach pins through a link")]),
        ("Users with a Teams Premium license", [("licence", "Teams Premium")]),
        (
            "Makers with a Power Apps Premium license who pin pages",
            [("role", "Makers who pin pages"), ("licence", "Power Apps Premium")],
        ),
        ("Organizations licensed for Microsoft 365 Copilot", [("licence", "Microsoft 365 Copilot")]),
        (
            "Users of Contoso Notes on iOS and Android",
            [("role", "Users of Contoso Notes on iOS and Android"), ("platform", "iOS"), ("platform", "Android")],
        ),
        (
            "Admins of Teams Rooms on Windows",
            [("role", "Admins of Teams Rooms on Windows"), ("platform", "Teams Rooms on Windows")],
        ),
        ("This change affects makers who share pins.", [("role", "Makers who share pins")]),
        (
            "You are receiving this message because we see that your organization may be using Contoso pins.",
            [("other", "Organizations using Contoso pins")],
        ),
    ],
)
def test_below_who_is_affected_a_line_names_whom_it_concerns(line: str, read: list[tuple[str, str]]) -> None:
    assert names(f"<p><b>Who is affected:</b></p><ul><li>{line}</li></ul>") == read
    assert names(f"<p>Who is affected: {line}</p>") == read


@pytest.mark.parametrize(
    "line",
    [
        "All users",
        "Users in your organization",
        "All tenants in GCC High",
        "Everyone",
        "Users without a pin are not affected.",
        "Makers will not see pins.",
        "No admins",
        "Users will see a pin beside each page.",
        "Users who share pins will see them first.",
        "Mute the microphone",
        "Enroll the tenant in a program",
        "How administrators share pins",
    ],
)
def test_who_is_nobody_in_particular_or_left_out_is_not_read(line: str) -> None:
    assert names(f"<p><b>Who is affected:</b></p><ul><li>{line}</li></ul>") == []


def test_the_list_ends_where_another_subject_begins() -> None:
    body = (
        "<p><b>Who is affected:</b></p><p>Admins with one of the following roles:</p>"
        "<ul><li>Global Administrator</li><li>Pin Reader</li></ul>"
        "<p>What will happen:</p><ul><li>Makers of pins</li></ul>"
    )

    assert names(body) == [("role", "Global Administrator"), ("role", "Pin Reader")]


def test_another_heading_ends_the_list() -> None:
    body = "<p><b>Who is affected:</b></p><p>Pin owners</p><p><b>How pins look:</b></p><p>Makers of pins</p>"

    assert names(body) == [("role", "Pin owners")]


@pytest.mark.parametrize(
    ("sentence", "read"),
    [
        ("This feature is available to users with a Microsoft 365 Copilot license.", ["Microsoft 365 Copilot"]),
        ("A Microsoft 365 Copilot license is required to pin pages.", ["Microsoft 365 Copilot"]),
        ("The page requires a Teams Rooms Pro license.", ["Teams Rooms Pro"]),
        ("It is on for Microsoft 365 Copilot licensed users.", ["Microsoft 365 Copilot"]),
        ("Users must have a Microsoft Entra ID P1 or P2 license.", ["Microsoft Entra ID P1", "Microsoft Entra ID P2"]),
        ("It is only for tenants with Microsoft 365 E5.", ["Microsoft 365 E5"]),
        ("It is included with the Teams Premium license.", ["Teams Premium"]),
        ("A Teams Phone license and a Viva Learning license are required.", ["Teams Phone", "Viva Learning"]),
        ("Users with Microsoft 365 and Teams Premium licenses can pin.", ["Microsoft 365", "Teams Premium"]),
        ("It requires a Microsoft 365 Personal or Family subscription.", ["Microsoft 365 Personal or Family"]),
        ("A license for Viva Glint or Viva Pulse is required.", ["Viva Glint", "Viva Pulse"]),
        ("As a Power Apps Premium license holder, you get more pins.", ["Power Apps Premium"]),
        (
            "A Copilot license is required. Users with a Microsoft 365 Copilot license can pin.",
            ["Microsoft 365 Copilot"],
        ),
    ],
)
def test_a_licence_is_read_where_the_post_asks_for_it(sentence: str, read: list[str]) -> None:
    assert [name for kind, name in names(f"<p>{sentence}</p>") if kind == "licence"] == read


@pytest.mark.parametrize(
    "sentence",
    [
        "A Microsoft 365 Copilot license is not required.",
        "Users without a Microsoft 365 Copilot license are not affected.",
        "There is no change for users with a Microsoft 365 Copilot license.",
        "If users have a Teams Premium license, they see more.",
        "It is there for users with a Teams Premium license and for users without a Teams Premium license.",
        "Users request a Teams Premium license on the page.",
        "Your Teams Premium license remains as it is.",
        "Previously, pins were available only to Microsoft 365 Copilot licensed users.",
        "Users may need a Teams Premium license one day.",
        "Microsoft 365 licenses are shown on the page.",
    ],
)
def test_a_licence_that_is_not_asked_for_is_no_audience(sentence: str) -> None:
    assert names(f"<p>{sentence}</p>") == []


@pytest.mark.parametrize(
    ("sentence", "read"),
    [
        (
            "This message applies to Teams for Windows desktop, Teams for Mac desktop, and the web.",
            [("platform", "Windows"), ("platform", "Mac"), ("platform", "web")],
        ),
        ("This change applies only to tenants that use Customer Key.", [("other", "Tenants that use Customer Key")]),
        ("Only makers who share pins are affected.", [("role", "Makers who share pins")]),
        ("The report is out, and will be available to leaders with pins.", [("role", "Leaders with pins")]),
        ("You receive pins.", []),
        ("Pins are available for administrators to set.", [("role", "Administrators")]),
        ("Phones need pins on Android 11 or later.", [("other", "Android 11 or later")]),
        ("Phones on Android 11 or later continue to have pins.", []),
        ("Pins are available to tenants whose admins:", []),
        (
            "You are receiving this message because there are pinned pages in your tenant.",
            [("other", "Organizations with pinned pages")],
        ),
        ("Pins require version 2402 or later of Contoso Notes.", [("other", "Version 2402 or later")]),
        (
            "Devices running Windows 11, version 22H2 or later can pin.",
            [("other", "Windows 11, version 22H2 or later")],
        ),
        ("This change does not affect makers who share pins.", []),
        ("This may affect how makers share pins.", []),
        ("The page is available for public preview.", []),
        ("This is available to all users in your organization.", []),
        ("It is not available for GCC.", []),
        ("We use Windows Hello for Business and the web part.", []),
    ],
)
def test_elsewhere_only_what_a_sentence_says_in_so_many_words_is_read(
    sentence: str, read: list[tuple[str, str]]
) -> None:
    assert names(f"<p>{sentence}</p>") == read


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("Contoso Notes for iOS: Pin a page", ["iOS"]),
        ("Teams Rooms on Android: Pin a page", ["Teams Rooms on Android"]),
        ("Pin a page in Windows 365", []),
        ("Windows news of the month", []),
        ("A fault of Store and Windows update delivery", []),
    ],
)
def test_the_title_may_name_a_platform(title: str, read: list[str]) -> None:
    assert [name for _, name in names("", title=title)] == read


def test_graphs_platforms_are_read_once_and_quoted_as_graphs() -> None:
    details = [{"name": "Platforms", "value": "Desktop, Mac, Web, TeamsAndSurfaceDevices, Developer"}]
    read = audience("<p>This message applies to Contoso Notes for Mac.</p>", details=details)

    assert [(entry.name, entry.words) for entry in read] == [
        ("Mac", "This message applies to Contoso Notes for Mac."),
        ("Windows", "Platforms: Desktop, Mac, Web, TeamsAndSurfaceDevices, Developer"),
        ("web", "Platforms: Desktop, Mac, Web, TeamsAndSurfaceDevices, Developer"),
        ("Teams and Surface devices", "Platforms: Desktop, Mac, Web, TeamsAndSurfaceDevices, Developer"),
    ]


@pytest.mark.parametrize(("value", "read"), [("Desktop", ["desktop"]), ("Desktop, Mac", ["Windows", "Mac"]), ("", [])])
def test_a_desktop_is_windows_where_mac_stands_beside_it(value: str, read: list[str]) -> None:
    assert [name for _, name in names("", details=[{"name": "Platforms", "value": value}])] == read


def test_the_words_are_the_sentence_that_says_so() -> None:
    body = "<p>Pins are new. A Teams Premium license is required to pin. They are red.</p>"

    assert [entry.words for entry in audience(body)] == ["A Teams Premium license is required to pin."]


@pytest.mark.parametrize("heading", ["Compliance considerations:", "Additional information:"])
def test_the_compliance_table_and_links_name_nobody(heading: str) -> None:
    assert names(f"<p><b>{heading}</b></p><p>A Teams Premium license is required.</p>") == []


def test_a_long_name_is_cut_where_a_part_of_it_ends() -> None:
    line = (
        "Admins who manage the pins of Contoso Notes, Contoso Lists and Contoso Tasks"
        + " and of many other products" * 9
    )

    assert names(f"<p>Who is affected: {line}</p>") == [
        (
            "role",
            "Admins who manage the pins of Contoso Notes, Contoso Lists and Contoso Tasks"
            + " and of many other products" * 4,
        )
    ]


def test_a_monstrous_list_is_read_up_to_a_limit() -> None:
    items = "".join(f"<li>Owners of page {number}</li>" for number in range(90))

    assert len(names(f"<p><b>Who is affected:</b></p><ul>{items}</ul>")) == MOST_ENTRIES
