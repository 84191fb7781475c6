"""Kinds of faults that were once made in reading plans and deadlines, each in three wordings of our own.

Kinds that stand elsewhere already:
two months that are one time, begun and completed in one, rollouts under way, pauses, asides: test_plans.py
an end that is told again, an exact day in the title, released on a day told in prose: test_plans.py
clouds that only those who are affected have, Production, multi-tenant first and others later: test_clouds.py
before an event or a month, if nobody acts, the last day to opt out, "if you do not use it": test_demands.py
"""

import pytest

from shared.core.classify.classifier import classify
from tests.core.classify.messages import a_message
from tests.core.classify.plans import in_short

MUST = "You must move your scripts to the new service, or they fail."


@pytest.mark.parametrize(
    ("title", "line"),
    [
        pytest.param("Retirement of the Notes Reports (beta)", "It will be shut down on June 15, 2026.", id="(beta)"),
        pytest.param(
            "The preview version of the Pages API goes away",
            "Calls to the preview version are refused from June 15, 2026.",
            id="a preview version",
        ),
        pytest.param(
            "Deprecation of the early access channel", "We close the channel on June 15, 2026.", id="a channel"
        ),
    ],
)
def test_preview_in_the_name_of_what_goes_is_no_preview(title: str, line: str) -> None:
    said = classify(a_message("It goes away.", title=title, when=line, tags=("Retirement",)))

    assert in_short(said.windows) == ["retirement worldwide 260615-260615 -"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(
            ["In April 2026: the new editor is offered.", "Until June 15, 2026: both editors can be used."],
            ["ga worldwide 260401-260430 -"],
            id="until",
        ),
        pytest.param(
            ["May 2026: The page comes to Windows.", "July 2026: The page comes to Mac."],
            ["ga worldwide 260501-260531 -", "ga worldwide 260701-260731 -"],
            id="two items",
        ),
        pytest.param(
            [
                "The list appears in early May 2026.",
                "Through June 15, 2026, you can go back to the old list.",
                "In August 2026 the list becomes the default.",
            ],
            ["ga worldwide 260501-260510 -", "ga worldwide 260801-260831 -"],
            id="through, between two",
        ),
    ],
)
def test_items_of_a_list_are_not_merged(lines: list[str], expected: list[str]) -> None:
    when = "<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>"

    assert in_short(classify(a_message("A new editor.", when=when, tags=("Feature update",))).windows) == expected


@pytest.mark.parametrize(
    "prepare",
    [
        pytest.param("You need to move to version 8, which gets fixes up to November 2029.", id="gets fixes up to"),
        pytest.param("You must upgrade to version 8. Version 8 has support until November 9, 2029.", id="has support"),
        pytest.param(
            "Servers have to be moved to version 8; its support only runs out on November 9, 2029.", id="runs out only"
        ),
    ],
)
def test_how_long_the_successor_is_supported_is_no_end(prepare: str) -> None:
    said = classify(
        a_message(
            "Version 7 gets no more fixes.",
            title="End of support for Contoso Sync 7",
            when="Version 7 reaches its end of support on June 15, 2026.",
            prepare=prepare,
            tags=("Retirement", "Admin impact"),
        )
    )

    assert in_short(said.windows) == ["retirement worldwide 260615-260615 -"]
    assert str(said.act_by) == "2026-06-15"


@pytest.mark.parametrize(
    ("title", "when", "prepare"),
    [
        pytest.param(
            "A second factor is enforced for the admin portal",
            "From June 15, 2026, nobody signs in without a second factor.",
            "Admins need to register a second factor. Those who have none will be locked out.",
            id="a second factor",
        ),
        pytest.param(
            "Contoso Mail refuses old protocols",
            "We block the protocols POP and IMAP with passwords on June 15, 2026.",
            "Reconfigure the devices that use them, otherwise they will not receive mail.",
            id="old protocols",
        ),
        pytest.param(
            "Signing certificate of Contoso Sync runs out",
            "The present certificate is valid until June 15, 2026.",
            "You must install the new certificate on your servers, or sign-in fails.",
            id="a certificate",
        ),
        pytest.param(
            "Passwords alone are not enough",
            "Starting June 15, 2026, signing in needs a second step.",
            "Every user must have set up a second step, otherwise they stay outside.",
            id="they stay outside",
            marks=pytest.mark.xfail(strict=True, reason='"stay outside" is not known as failing'),
        ),
    ],
)
def test_what_is_enforced_on_a_day_has_that_day_as_its_deadline(title: str, when: str, prepare: str) -> None:
    said = classify(a_message("We make things safer.", title=title, when=when, prepare=prepare, tags=("Admin impact",)))

    assert (said.action, str(said.act_by)) == ("required", "2026-06-15")


@pytest.mark.parametrize(
    "affects",
    [
        pytest.param("Scripts that call the old service will stop on that day.", id="scripts stop"),
        pytest.param("Integrations must be rebuilt on the new service; otherwise they fail.", id="must be rebuilt"),
        pytest.param("Anything that still uses the old service breaks unless you move it.", id="unless you move it"),
    ],
)
def test_an_end_that_breaks_integrations_has_a_deadline_though_no_action_is_said(affects: str) -> None:
    said = classify(
        a_message(
            "The old service is retired.",
            title="Retirement of the old Notes service",
            when="The old service is turned off on June 15, 2026.",
            affects=affects,
            prepare="No admin action is required for the retirement itself.",
            tags=("Retirement", "Admin impact"),
        )
    )

    assert str(said.act_by) == "2026-06-15"


@pytest.mark.parametrize(
    "prepare",
    [
        pytest.param("The new page will roll out in June 2026. You have nothing to do.", id="will roll out"),
        pytest.param("You get the page automatically when the rollout begins in June 2026.", id="begins"),
        pytest.param("The page is switched on for you in June 2026, so there is nothing to prepare.", id="switched on"),
    ],
)
def test_a_window_may_stand_where_one_would_not_look_for_it(prepare: str) -> None:
    said = classify(a_message("Notes get a new page.", when="", prepare=prepare, tags=("New feature",)))

    assert in_short(said.windows) == ["ga worldwide 260601-260630 -"]


@pytest.mark.parametrize(
    "when",
    [
        pytest.param(
            "The first step was finished in January 2026. The second one begins on June 15, 2026.", id="a first step"
        ),
        pytest.param(
            "Rollout starts on June 15, 2026. The first part of this change was announced in December 2025.",
            id="announced earlier",
        ),
        pytest.param(
            "Rollout starts on June 15, 2026. It follows the change of last October, when the menu was moved.",
            id="a change of last October",
        ),
    ],
)
def test_a_note_about_an_earlier_part_is_no_window(when: str) -> None:
    assert in_short(classify(a_message("Notes get a new page.", when=when)).windows) == ["ga worldwide 260615-260615 -"]
