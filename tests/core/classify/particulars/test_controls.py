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
    ],
)
def test_no_control(sentence: str) -> None:
    assert controls(sentence) == []


def test_a_path_goes_on_from_the_line_above() -> None:
    body = items("Open the Teams admin center.", "Go to Meetings > Meeting policies.")

    assert controls(body) == [("path", "Teams admin center > Meetings > Meeting policies")]


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
    ],
)  # fmt: skip
def test_a_control_has_its_defaults(told: str, defaults: list[tuple[str, str]]) -> None:
    control = read(prepare(told)).controls[0]

    assert [(default.state, default.scope) for default in control.defaults] == defaults


def test_there_is_an_end_to_controls() -> None:
    told = items(*(f'Use the "Pin page number {number}" policy.' for number in range(50)))

    assert len(controls(told)) == 20
