"""With what an admin controls a change, and how that stands by default."""

import pytest

from tests.core.classify.particulars.parts import items, prepare, read


def controls(text: str) -> list[tuple[str, str]]:
    return [(control.kind, control.name) for control in read(prepare(text)).controls]


@pytest.mark.parametrize(
    ("sentence", "kind", "name"),
    [
        ('Use the "Allow pages for guests" setting.', "setting", "Allow pages for guests"),
        ('Set the policy "Pin pages" to Disabled.', "policy", "Pin pages"),
        ("Set Allow pages for guests to Off.", "setting", "Allow pages for guests"),
        ('Admins can block it by turning off "Show pages to guests".', "setting", "Show pages to guests"),
        ("Review your Teams meeting policy to allow it.", "policy", "Teams meeting policy"),
        ("Review your Conditional Access policies.", "policy", "Conditional Access policies"),
        ("Configure the Page Layout policy.", "policy", "Page Layout policy"),
        ("Set HKLM\\Software\\Contoso\\Page Notes\\Pin to 1.", "setting", "HKLM\\Software\\Contoso\\Page Notes\\Pin"),
        ("Set the PinPages attribute to true.", "setting", "PinPages"),
        ("Set the value in CsTeamsPagesPolicy.", "policy", "CsTeamsPagesPolicy"),
        ("Use ./Device/Vendor/MSFT/Policy/Config/Pages/Pin to allow it.", "setting",
         "./Device/Vendor/MSFT/Policy/Config/Pages/Pin"),
        ("Run Set-CsTeamsPagesPolicy -Identity Global -AllowPin $true to allow it.", "cmdlet",
         "Set-CsTeamsPagesPolicy -AllowPin"),
        ("Use the -AllowPin parameter of Set-CsTeamsPagesPolicy.", "cmdlet", "Set-CsTeamsPagesPolicy -AllowPin"),
        ("Manage it with the Set-PageTenant cmdlet.", "cmdlet", "Set-PageTenant"),
        ("Go to Teams admin center > Meetings > Meeting policies.", "path",
         "Teams admin center > Meetings > Meeting policies"),
        ("In the Teams admin center, go to Meetings → Meeting policies and select it.", "path",
         "Teams admin center > Meetings > Meeting policies"),
        ("Admins configure pages under Settings > Org settings > Pages in the Microsoft 365 admin center.", "path",
         "Microsoft 365 admin center > Settings > Org settings > Pages"),
        ("Go to Microsoft Entra admin center > Authentication methods > Passkey (FIDO2) settings.", "path",
         "Microsoft Entra admin center > Authentication methods > Passkey (FIDO2) settings"),
        ("Go to Microsoft Entra ID > Roles and rules.", "path", "Microsoft Entra ID > Roles and rules"),
        ("Go to Teams admin center > Meetings and enable it.", "path", "Teams admin center > Meetings"),
        ("Admins can disable pages in the Teams admin center.", "path", "Teams admin center"),
        ("Turn on the Move to wide pages toggle.", "setting", "Move to wide pages"),
        ("Use the Pages layout policy to allow it.", "policy", "Pages layout"),
        ("We add a new Pages setting, Page data available in notes, in the portal.", "setting",
         "Page data available in notes"),
        ("A new tenant setting called Let owners pin pages will appear.", "setting", "Let owners pin pages"),
        ("This feature provides a parameter (Allow pinning by owners).", "setting", "Allow pinning by owners"),
        ("Enable the setting: Scan pages for bad words", "setting", "Scan pages for bad words"),
        ("To use it, choose Panels on the preference setting Show pages on panels.", "setting", "Show pages on panels"),
        ("Manage access with the Pages Admin Control.", "setting", "Pages Admin Control"),
        ("Admins turn filters on in the Page filter settings page.", "setting", "Page filter settings page"),
        ("Pages are tagged using Exchange transport rules, which admins create.", "policy", "Exchange transport rules"),
        ("Moves are enabled through anti-spam policy settings.", "policy", "anti-spam policy settings"),
        ("Configure the non-printable property on new pages.", "setting", "non-printable property"),
        ("IsPagePinEnabled", "setting", "IsPagePinEnabled"),
        ("OWAMailboxPolicy -PagesOffline", "setting", "OWAMailboxPolicy -PagesOffline"),
        ("XML setting: PageBrowserEnabled", "setting", "PageBrowserEnabled"),
        ("Toggle Page Multi-Language Enabled to On.", "setting", "Page Multi-Language Enabled"),
        ('A new policy sets the default for "Use commas between pages."', "setting", "Use commas between pages"),
        ("Review your page transcription settings in the Teams admin center.", "setting",
         "page transcription settings"),
        ("Opt in via Pages Settings in the Microsoft 365 admin center.", "setting", "Pages Settings"),
        ("We will roll out the new Reject Blank Pages setting.", "setting", "Reject Blank Pages setting"),
        ("Admins can modify Gradual Page settings.", "setting", "Gradual Page settings"),
        ("Manage pages with PowerShell (New-PageGroup, Set-PageGroup).", "cmdlet", "Set-PageGroup"),
        ("Set-PageTenant (new parameters: PinPages, KeepPages)", "cmdlet", "Set-PageTenant -KeepPages"),
        ("Scripts must include the -PinPages parameter.", "cmdlet", "-PinPages"),
        ("Admins configure statements in Viva Glint > General Settings > Pages.", "path",
         "Viva Glint > General Settings > Pages"),
        ("To turn it on for the tenant, go to Monitor > Alerts.", "path", "Monitor > Alerts"),
        ("Go to the Pages tab in the Manage section of the Power Platform admin center.", "path",
         "Power Platform admin center > Manage > Pages"),
        ("Go to Teams admin center > Meetings > Pages on profile cards.", "path",
         "Teams admin center > Meetings > Pages on profile cards"),
        ("The layout must be enabled in the Microsoft Entra admin center.", "path", "Microsoft Entra admin center"),
        ("Set com.contoso.pages.Settings.fontChangeAllowed to true.", "setting",
         "com.contoso.pages.Settings.fontChangeAllowed"),
        ("com.contoso.pages.Settings.fontChangeAllowed", "setting", "com.contoso.pages.Settings.fontChangeAllowed"),
        ("Review current Teams messaging policies so that pages remain enabled.", "policy", "Teams messaging policies"),
        ("Block the user using External access settings.", "setting", "External access settings"),
        ("Review page import settings in Contoso.", "setting", "page import settings"),
        ("Owners choose a layout through the main layout setting in the pane.", "setting", "main layout"),
        ("If the Who can pin pages meeting option is set to No one, no one pins.", "setting", "Who can pin pages"),
        ("If the Contoso model is disabled for a tenant by the IT admins, there are no layouts.", "setting",
         "Contoso model"),
        ("To enable layouts, page tracking must be enabled in your environment.", "setting", "page tracking"),
        ("Customize who pins pages by breaking permission inheritance on the Page Notes library.", "setting",
         "permission inheritance on the Page Notes library"),
        ("Create a custom pageLayoutPolicy to allow it.", "policy", "pageLayoutPolicy"),
        ("It is controlled by a setting on the page import page in the Microsoft Purview portal.", "path",
         "Microsoft Purview portal > page import page"),
        ("A page will appear in the Teams admin center under Page reports > Pinned pages.", "path",
         "Teams admin center > Page reports > Pinned pages"),
        ("Disable it in the Teams admin center. It is on the Page settings page under the setting Pin pages.", "path",
         "Teams admin center > Page settings > Pin pages"),
    ],
)  # fmt: skip
def test_a_control(sentence: str, kind: str, name: str) -> None:
    assert (kind, name) in controls(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Admins can manage this in settings.",
        "No new policies are introduced.",
        "Existing policies continue to apply.",
        "The cmdlet Set-PageTenant will be retired.",
        "Go to File > Export to save a page.",
        "Users can turn on the Pin Pages toggle.",
        "Pages follow your security policies.",
        "Learn more: Set-PageTenant documentation.",
        "The report will appear in Teams admin center > Analytics > Usage settings.",
        'Pages with the "Anyone" option are shared.',
        "Admins can manage blocked pages in the Teams admin center.",
        "Admins who manage Page Layout policies",
        "Pages follow existing meeting policies.",
        "The parameter IsPagePinEnabled will be removed.",
        "The default changes from EnabledWithPages to Enabled.",
        "Users go to Settings > General and turn on the Correct words while typing toggle.",
        "Go to Devices > All devices and filter by system.",
        "The new views are available on the Inventory page of the Power Platform admin center.",
        "Review: Create and manage Page Risk policies | Microsoft Learn",
        "Review the new setting in the Teams admin center.",
        '"How do I configure meeting policies for guests?"',
        "In the Teams admin center, Result > PolicyResult is a field.",
        "Review and configure settings in Contoso.",
        "Review your layout settings in Contoso.",
        "See www.contoso.com/pages to configure it.",
    ],
)
def test_no_control(sentence: str) -> None:
    assert controls(sentence) == []


def test_a_path_goes_on_from_the_line_above() -> None:
    body = items("Open the Teams admin center.", "Go to Meetings > Meeting policies.")

    assert controls(body) == [("path", "Teams admin center > Meetings > Meeting policies")]


def test_a_path_goes_on_to_what_the_next_step_opens() -> None:
    further = items("In the Teams admin center, go to Meetings > Pages.", "Select Layouts for guests.", "Select Save.")
    from_home = items("Go to the Microsoft Purview portal.", "Navigate to Page settings.")

    assert controls(further) == [("path", "Teams admin center > Meetings > Pages > Layouts for guests")]
    assert controls(from_home) == [("path", "Microsoft Purview portal > Page settings")]


def test_a_list_below_configuration_path_is_one_path() -> None:
    steps = items("Microsoft Purview portal", "Settings &gt; Pages", "Layouts &gt; Page pins", "Choose pages to pin")

    for lead in ("<p>Admin configuration path:</p>", "<p><b>Admin configuration path (after rollout):</b></p>"):
        assert controls(lead + steps) == [
            ("path", "Microsoft Purview portal > Settings > Pages > Layouts > Page pins > Choose pages to pin")
        ]


def test_meeting_policies_are_no_name_beside_one_of_them() -> None:
    told = items("Use meeting policies to allow it.", "The meeting policy AllowPagePins must be On to enable it.")

    assert controls(told) == [("policy", "AllowPagePins")]


def test_both_keys_have_the_default_that_is_told_of_both() -> None:
    told = (
        items("com.contoso.pages.Font.ChangeAllowed", "com.contoso.pages.Size.ChangeAllowed")
        + items("Both keys will be set to false.", lead="By default:")
        + items("This feature will be off by default.", "Review your Intune app configuration policies.")
    )

    assert [[default.state for default in control.defaults] for control in read(prepare(told)).controls] == [
        ["false"], ["false"], [],
    ]  # fmt: skip


def test_places_are_listed_below_what_is_done_there() -> None:
    told = items("Teams admin center (TAC)", "Pages for users", lead="Admins can turn it off via:")

    assert controls(told) == [("path", "Teams admin center")]


def test_an_admin_center_is_not_named_beside_one_of_its_pages() -> None:
    told = "Admins can disable pages in the Teams admin center. Go to Teams admin center > Meetings > Pages."

    assert controls(told) == [("path", "Teams admin center > Meetings > Pages")]


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("Turn it on with the <b>Page pinning for all</b> setting.", ["Page pinning for all"]),
        ("The new setting <strong>Keep deleted pages</strong> lets admins control it.", ["Keep deleted pages"]),
        ("Admins can use the <b>Enabled by default</b> setting.", []),
        ("Admins can turn it on: select <b>Save pages</b>.", []),
    ],
)
def test_what_is_bold_beside_setting_is_a_name(sentence: str, names: list[str]) -> None:
    assert [name for _, name in controls(sentence)] == names


def test_a_control_is_named_once() -> None:
    told = 'Use the "Pin pages" policy. Set the "Pin pages" policy to On. The "pin pages" policy is new.'

    assert controls(told) == [("policy", "Pin pages")]


@pytest.mark.parametrize(
    ("told", "defaults"),
    [
        ('The "Pin pages" setting is off by default.', [("off", "")]),
        ('Use the "Pin pages" setting. This setting is enabled by default.', [("enabled", "")]),
        ('The "Pin pages" policy is Not configured by default.', [("Not configured", "")]),
        ('By default, the "Pin pages" policy is set to False.', [("False", "")]),
        ('The "Pin pages" setting is on by default for GCC.', [("on", "GCC")]),
        (
            'The "Pin pages" setting is off by default. In DoD, this setting is on by default.',
            [("off", ""), ("on", "DoD")],
        ),
        ('The feature is off by default. Turn it on with the "Pin pages" setting.', [("off", "")]),
        ('The "Pin pages" setting is not enabled by default.', [("not enabled", "")]),
        ('Use the "Pin pages" setting.', []),
        ('<p>Default state:</p><p>Off by default.</p><p>Turn it on with the "Pin pages" setting.</p>', [("off", "")]),
        (
            'The "Pin pages" setting is off by default in the EU, EFTA, and the UK.',
            [("off", "the EU, EFTA, and the UK")],
        ),
        (
            '<p>EU and UK: off by default.</p><p>Other regions: on by default.</p><p>Use the "Pin pages" setting.</p>',
            [("off", "EU and UK"), ("on", "Other regions")],
        ),
        (
            'The "Pin pages" setting is on by default (except customers in EU and UK).',
            [("on", "except customers in EU and UK")],
        ),
        ('The "Pin pages" setting is on by default, depending on the region.', []),
        ("Pages are on by default. The feature is on by default. Disable it in the Teams admin center.", []),
        ("The feature is on by default. Review your Page Layout policies to block it.", []),
        (items('Use the "Pin pages" setting.', "Off: No page is pinned (default)", "On: Pages"), [("off", "")]),
        ("The feature is on by default. Change it by managing permissions on the Page Notes library.", []),
        ("The feature is on by default. Admins can see pages in the Teams admin center under Pages > Layouts.", []),
    ],
)  # fmt: skip
def test_a_control_has_its_defaults(told: str, defaults: list[tuple[str, str]]) -> None:
    control = read(prepare(told)).controls[0]

    assert [(default.state, default.scope) for default in control.defaults] == defaults


def test_there_is_an_end_to_controls() -> None:
    told = items(*(f'Use the "Pin page number {number}" policy.' for number in range(50)))

    assert len(controls(told)) == 20
