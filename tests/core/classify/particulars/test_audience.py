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
            "Pin admins and support teams using Contoso Notes",
            [("role", "Pin admins and support teams using Contoso Notes")],
        ),
        ("Pin, page and list admins who share pins", [("role", "Pin, page and list admins who share pins")]),
        ("Pin and billing admins managing pages", [("role", "Pin and billing admins managing pages")]),
        (
            "Administrators and Contoso Lists (Premium) users who share pins",
            [("role", "Administrators and Contoso Lists (Premium) users who share pins")],
        ),
        ("eDiscovery managers", [("role", "eDiscovery managers")]),
        ("Customers already using pins", [("other", "Customers already using pins")]),
        ("Customers with large page needs", [("other", "Customers with large page needs")]),
        ("Contoso service accounts", [("other", "Contoso service accounts")]),
        ("Only users with the Pin Reader role will see pins.", [("role", "Users with the Pin Reader role")]),
        ("Pin owners can see who shares pins.", [("role", "Pin owners")]),
        (
            "Users in your organization who share pins and have Teams Premium licenses",
            [("role", "Users in your organization who share pins"), ("licence", "Teams Premium")],
        ),
        (
            "Users who pin pages with Microsoft 365 Copilot (Premium)",
            [
                ("role", "Users who pin pages with Microsoft 365 Copilot (Premium)"),
                ("licence", "Microsoft 365 Copilot (Premium)"),
            ],
        ),
        (
            (
                "Organizations that pin pages from Contoso Notes, Contoso Lists, Contoso Tasks and other apps or"
                " from connected paper"
            ),
            [
                (
                    "other",
                    (
                        "Organizations that pin pages from Contoso Notes, Contoso Lists, Contoso Tasks and other apps"
                        " or from connected paper"
                    ),
                )
            ],
        ),
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


@pytest.mark.parametrize(
    ("stem", "items", "read"),
    [
        (
            "Tenants with admins who pin pages using:",
            ["The pin board or the pin list", "Developers of pins"],
            [
                ("other", "Tenants with admins who pin pages using the pin board or the pin list"),
                ("role", "Developers of pins"),
            ],
        ),
        (
            "Organizations that:",
            ["Send pins to printers and", "Print pages"],
            [("other", "Organizations that send pins to printers, print pages")],
        ),
        (
            "Tenants whose admins:",
            ["Share pins (any)", "Users must also have a pin"],
            [("other", "Tenants whose admins share pins")],
        ),
        ("Organizations using pins in any of the following apps:", ["Notes"], [("other", "Organizations using pins")]),
        (
            "Users with access to pins, including:",
            ["Pin owners"],
            [("role", "Users with access to pins"), ("role", "Pin owners")],
        ),
        ("Not for anybody:", ["Pin owners"], []),
        (
            "Organizations with makers who create or manage Contoso Notes:",
            ["Pages", "Pin boards"],
            [("other", "Organizations with makers who create or manage Contoso Notes: Pages, Pin boards")],
        ),
    ],
)
def test_a_name_goes_on_in_the_list_behind_its_colon(stem: str, items: list[str], read: list[tuple[str, str]]) -> None:
    lines = "".join(f"<li>{item}</li>" for item in items)

    assert names(f"<p><b>Who is affected:</b></p><p>{stem}</p><ul>{lines}</ul>") == read


def test_the_conditions_of_a_list_say_which_organizations_are_meant() -> None:
    items = (
        "<ul><li>You print pages on Windows 11, version 24H2 or later.</li><li>Your organization uses your pins.</li>"
        "<li>Pins are red.</li></ul>"
    )

    assert names(f"<p>This affects your organization if:</p>{items}")[-2:] == [
        ("other", "Organizations that print pages on Windows 11, version 24H2 or later"),
        ("other", "Organizations that use their pins"),
    ]
    assert not [each for each in names(f"<p>You are not affected if:</p>{items}") if "Organizations" in each[1]]


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("All tenants using Contoso Notes", []),
        (
            "All tenants using Contoso Notes and Contoso Pins",
            [("other", "Tenants using Contoso Notes and Contoso Pins")],
        ),
        ("Pin apps that read page data (for example, Pin Shelf)", [("other", "Pin apps that read page data")]),
        ("Pin apps", []),
        ("Users assigned a Teams Premium license", [("licence", "Teams Premium")]),
        (
            "Tenants with Microsoft 365 Copilot (Premium) enabled",
            [("licence", "Microsoft 365 Copilot (Premium)")],
        ),
    ],
)
def test_who_uses_the_product_is_nobody_in_particular(line: str, read: list[tuple[str, str]]) -> None:
    assert names(f"<p><b>Who is affected:</b></p><ul><li>{line}</li></ul>") == read


@pytest.mark.parametrize(
    ("sentence", "read"),
    [
        ("When a page is sent, eNotes managers or makers can choose a pin.", ["eNotes managers or makers"]),
        ("Users with Print permissions can pin pages.", ["Users with Print permissions"]),
        ("Users with these permissions can pin pages.", []),
        ("Makers can pin pages.", []),
    ],
)
def test_beside_who_is_affected_only_a_special_role_is_read(sentence: str, read: list[str]) -> None:
    body = f"<p><b>Who is affected:</b></p><ul><li>Pin owners</li></ul><p><b>How pins look:</b></p><p>{sentence}</p>"

    assert names(body) == [("role", "Pin owners"), *(("role", name) for name in read)]


def test_a_release_of_windows_is_named_once() -> None:
    items = "<ul><li>Windows 11, version 24H2: KB5000001</li><li>Windows 10, version 22H2: KB5000002</li></ul>"

    assert names(items, title="Update of Windows 11, versions 25H2 and 24H2") == [
        ("platform", "Windows 11, versions 25H2 and 24H2"),
        ("platform", "Windows 10, version 22H2"),
    ]


def test_elsewhere_a_name_may_go_on_in_a_list_too() -> None:
    body = (
        "<p>IMPORTANT: This notice is only relevant for environments where:</p>"
        "<ul><li>Pins are printed</li><li>A page is older than May 2, 2026</li></ul>"
    )

    assert names(body) == [("other", "Environments where pins are printed, a page is older than May 2, 2026")]


def test_platforms_and_services_below_who_is_affected_name_platforms_only() -> None:
    body = (
        "<p><b>Who is affected</b></p><p>Pin owners</p><p>Platforms/Services</p>"
        "<ul><li>Contoso Notes for Mac</li><li>Admins of pins (web portal)</li></ul>"
        "<p>What will happen</p><p>Pin makers</p>"
    )

    assert names(body) == [("role", "Pin owners"), ("platform", "Mac"), ("platform", "web")]


@pytest.mark.parametrize(
    ("lead", "read"),
    [
        (
            "Users in the following roles will be able to pin pages:",
            ["Pin Reader", "View Pin Reader", "Pin Management"],
        ),
        ("Supported admin roles:", ["Pin Reader", "View Pin Reader", "Pin Management"]),
        ("The new role will be added to the following roles:", []),
        ("Pages have the following parts:", []),
    ],
)
def test_the_roles_of_a_list_are_read(lead: str, read: list[str]) -> None:
    lines = ("Pin Reader – can read", "View Pin Reader", "Pin Management", "Note: pins are red.", "Pins are round.")
    items = "".join(f"<li>{line}</li>" for line in lines)

    assert names(f"<p>{lead}</p><ul>{items}</ul>") == [("role", name) for name in read]


@pytest.mark.parametrize(
    ("sentence", "read"),
    [
        ("This feature enables makers to pin pages.", ["Makers"]),
        ("Pro-developers can now pin pages.", ["Pro-developers"]),
        ("Tenant and environment admins can now:", ["Tenant and environment admins"]),
        (
            "This allows page owners, co-owners, and site administrators to pin.",
            ["Page owners, co-owners, and site administrators"],
        ),
        ("With this change, supervisors will be able to pin.", ["Supervisors"]),
        ("Makers will no longer be able to pin.", ["Makers"]),
        ("Pin plan: Supervisors define pins.", ["Supervisors"]),
        ("In the center, admins and page authors can:", ["Admins and page authors"]),
        ("Customer service representatives can now pin.", ["Customer service representatives"]),
        ("This allows Teams administrators to pin.", ["Teams administrators"]),
        ("New charts enable sellers to pin.", ["Sellers"]),
        ("It is red so page managers can see it.", ["Page managers"]),
        ("As a seller, you can pin pages.", ["Sellers"]),
        ("Pins can be created by makers or page managers to sort them.", ["Makers or page managers"]),
        ("Pins can be shared by adding co-owners.", []),
        ("It gives agents and supervisors a clear view.", ["Agents and supervisors"]),
        ("We announce the ability for page managers to pin.", ["Page managers"]),
        ("Admins with the Pin Reader role can read pins.", ["Admins with the Pin Reader role"]),
        ("Makers can pin. Power Apps makers can print.", ["Power Apps makers"]),
        ("Page owners can pin. Team page owners can print.", ["Team page owners"]),
        ("Admins can now pin pages.", []),
        ("This allows administrators to pin pages.", []),
        ("This allows users to pin pages.", []),
        ("This allows you to help makers.", []),
        ("Users with the required role can pin.", []),
        ("Inform makers about pins.", []),
        ("Pages of makers can be pinned.", []),
        ("This allows pages made by makers to be pinned.", []),
    ],
)
def test_without_who_is_affected_a_sentence_names_the_roles_that_do_something_new(
    sentence: str, read: list[str]
) -> None:
    assert names(f"<p>{sentence}</p>") == [("role", name) for name in read]


def test_with_who_is_affected_other_sentences_name_no_roles() -> None:
    body = "<p><b>Who is affected:</b></p><p>Pin owners</p><p><b>What will happen:</b></p><p>Makers can now pin.</p>"

    assert names(body) == [("role", "Pin owners")]


@pytest.mark.parametrize(
    ("sentence", "read"),
    [
        ("This skill requires Contoso model.", ["Contoso model"]),
        ("This feature requires configuration.", []),
        ("It requires page analytics to be enabled.", ["Page analytics enabled"]),
        ("To use this feature, you must install the Pin package from the center.", ["Pin package installed"]),
        ("For tenants in the EU, EFTA, and the UK, admins must pin.", ["Tenants in the EU, EFTA, and the UK"]),
        ("For tenants in the EU, pins are red.", ["Tenants in the EU"]),
        ("Customers configuring any new organization will have pins.", ["Customers configuring any new organization"]),
        ("Pins are on for new tenants.", ["New tenants"]),
        ("Pins are off by default for tenants that use lists.", ["Tenants that use lists"]),
        ("Pins are not on by default for tenants that use lists.", []),
        ("It is for devices enrolled in pin updates.", ["Devices enrolled in pin updates"]),
        ("It changes how domain controllers answer.", ["Domain controllers"]),
        ("We will repair your Notes tenant on Europe 0101.", ["Notes tenants on Europe 0101"]),
        ("For Notes devices in Egypt, a pin is ready.", ["Notes devices in Egypt"]),
        ("For devices in pages, a pin is ready.", []),
        ("This change does not apply to users running pins on paper.", ["Not affected: users running pins on paper"]),
        ("This change does not affect the look of pages.", []),
        (
            "Deploy Contoso Notes for Mac version 4.2 or later; it is required.",
            ["Contoso Notes for Mac version 4.2 or later"],
        ),
        ("It requires Windows 11 Pro, version 24H2 or later.", ["Windows 11 Pro, version 24H2 or later"]),
    ],
)
def test_what_must_be_there_is_read(sentence: str, read: list[str]) -> None:
    assert names(f"<p>{sentence}</p>") == [("other", name) for name in read]


def test_a_version_of_a_list_needs_no_verb_of_its_own() -> None:
    body = "<p>Meet the minimum version requirements:</p><ul><li>Contoso Notes version 2.0.9 or later</li></ul>"

    assert names(body) == [("other", "Contoso Notes version 2.0.9 or later")]


def test_a_line_that_is_the_name_of_an_update_channel_is_read_once() -> None:
    items = "<ul><li>Current Channel</li><li>Semi-Annual Enterprise Channel (Preview)</li><li>Page Channel</li></ul>"

    assert names(items * 2) == [("other", "Current Channel"), ("other", "Semi-Annual Enterprise Channel (Preview)")]


@pytest.mark.parametrize(
    ("sentence", "read"),
    [
        (
            "Pins are available in Windows 11, Windows 10, and Windows Server 2025.",
            ["Windows 11", "Windows 10", "Windows Server 2025"],
        ),
        (
            "The update is now available for Windows 11, versions 25H2 and 24H2.",
            ["Windows 11, versions 25H2 and 24H2"],
        ),
        ("Devices running Windows 11 have pins.", ["Windows 11"]),
        ("Upgrade devices running Windows 10 soon.", []),
        ("If devices run on Windows 10, pins are gone.", []),
    ],
)
def test_the_releases_of_windows_on_which_something_is_are_read(sentence: str, read: list[str]) -> None:
    assert names(f"<p>{sentence}</p>") == [("platform", name) for name in read]


def test_the_releases_of_windows_of_a_list_of_updates_are_read() -> None:
    lines = (
        "Windows 11, version 23H2: KB5000001",
        "Windows Server 2025 Datacenter: Azure Edition: Hotpatch KB5000002",
        "Pins: KB5000003",
    )
    items = "".join(f"<li>{line}</li>" for line in lines)

    assert names(f"<ul>{items}</ul>") == [
        ("platform", "Windows 11, version 23H2"),
        ("platform", "Windows Server 2025 Datacenter: Azure Edition"),
    ]


def test_windows_alone_is_not_said_beside_its_release() -> None:
    details = [{"name": "Platforms", "value": "Desktop"}]

    assert names("", title="Pins in Windows 11, version 24H2", details=details) == [
        ("platform", "Windows 11, version 24H2")
    ]


def test_the_plan_in_the_title_is_a_licence() -> None:
    assert names("", title="Microsoft 365 Copilot (Premium): Pin a page") == [
        ("licence", "Microsoft 365 Copilot (Premium)")
    ]


def test_admins_alone_are_not_said_beside_the_admins_of_something() -> None:
    body = "<p><b>Who is affected:</b></p><ul><li>Pin admins</li><li>Admins</li></ul>"

    assert names(body) == [("role", "Pin admins")]


def test_another_heading_ends_the_list() -> None:
    body = "<p><b>Who is affected:</b></p><p>Pin owners</p><p><b>How pins look:</b></p><p>Makers of pins</p>"

    assert names(body) == [("role", "Pin owners")]


@pytest.mark.parametrize(
    ("sentence", "read"),
    [
        ("This feature is available to users with a Microsoft 365 Copilot license.", ["Microsoft 365 Copilot"]),
        ("A Microsoft 365 Copilot license is required to pin pages.", ["Microsoft 365 Copilot"]),
        ("The page requires a Teams Rooms Pro license.", ["Teams Rooms Pro"]),
        ("Pins require a Microsoft 365 E5 or equivalent license.", ["Microsoft 365 E5 or equivalent"]),
        ("Pins will be subject to the usual Power BI licensing.", ["Power BI"]),
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
