"""Titles as cards and tickets show them, in a table of cases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.core.words.titles import short_title

TEAMS = ("Microsoft Teams",)


@pytest.mark.parametrize(
    ("title", "services", "short"),
    [
        ("(Updated) Microsoft Teams: New reactions", TEAMS, "New reactions"),
        ("[Updated] Microsoft Teams: new reactions", TEAMS, "New reactions"),
        ("Updated: Teams | new reactions", TEAMS, "New reactions"),
        ("Update – a new page", TEAMS, "A new page"),
        ("(Updated 4 May 2026) (Updated) New reactions", TEAMS, "New reactions"),
        ("Microsoft Teams – eDiscovery of chats", TEAMS, "eDiscovery of chats"),
        ("Microsoft Teams: iOS 15 is no longer supported", TEAMS, "iOS 15 is no longer supported"),
        ("Microsoft SharePoint: New pages", ("SharePoint Online",), "New pages"),
        ("Microsoft 365 Copilot: Agents", ("Microsoft Copilot (Microsoft 365)",), "Agents"),
        ("Power Automate: Flows", ("Microsoft Power Automate",), "Flows"),
        ("Yammer: Communities", ("Microsoft Viva Engage",), "Communities"),
        ("Microsoft Teams: New reactions", ("Exchange Online",), "Microsoft Teams: New reactions"),
        ("Microsoft Teams for iOS: New reactions", TEAMS, "Microsoft Teams for iOS: New reactions"),
        ("SharePoint and OneDrive: Links", ("SharePoint Online", "Microsoft OneDrive"), "Links"),
        ("SharePoint and OneDrive: Links", ("SharePoint Online",), "SharePoint and OneDrive: Links"),
        ("Microsoft Entra ID: Tokens", ("Microsoft Entra",), "Tokens"),
        ("Microsoft Teams: ", TEAMS, "Microsoft Teams:"),
        ("(Updated)", TEAMS, "(Updated)"),
        ("Updates to the Teams client", TEAMS, "Updates to the Teams client"),
        ("updated templates in Word", TEAMS, "updated templates in Word"),
        ("Teams-only mode: what comes next", TEAMS, "Teams-only mode: what comes next"),
        ("new reactions", TEAMS, "new reactions"),
        ("", TEAMS, ""),
    ],
)
def test_a_title_loses_its_mark_and_the_product_that_stands_beside_it(title, services, short):
    assert short_title(title, services) == short


@given(st.text(max_size=80), st.lists(st.text(max_size=20), max_size=3))
def test_no_title_becomes_empty_and_short_titles_are_stable(title, services):
    short = short_title(title, services)

    assert bool(short) == bool(short_title(title))
    assert len(short) <= len(title) + 3
