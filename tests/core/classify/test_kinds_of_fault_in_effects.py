"""Kinds of faults that were once made in reading real posts: what must be done, who feels it, and the board.

See test_kinds_of_fault.py.
"""

import pytest

from shared.core.classify.classifier import classify
from tests.core.classify.messages import ENDS, a_message


@pytest.mark.parametrize(
    ("title", "what", "prepare"),
    [
        pytest.param(
            "New sign-in address for the mail relay",
            "Printers and scanners that send mail through the relay will use a new sign-in address.",
            "Change the address on every device before June 15, 2026. Devices with the old address can no longer send.",
            id="devices can no longer send",
        ),
        pytest.param(
            "Contoso Flow connectors move to new keys",
            "We are replacing the keys that connectors use.",
            "Admins must issue new keys. Connectors that still hold the old keys are going to stop running.",
            id="what keeps the old keys stops",
        ),
        pytest.param(
            "Root certificate of Contoso Sync is replaced",
            "The certificate behind the sync service is replaced by a new one.",
            "Install the new root on all servers. Without it, synchronization breaks.",
            id="without it, it breaks",
        ),
        pytest.param(
            "Quotas of shared drives are tightened",
            "Shared drives above the quota become read-only.",
            "Clear out drives that are too big before the deadline, so that people can go on saving files.",
            id="can go on saving",
            marks=pytest.mark.xfail(strict=True, reason="what fails is told as what can go on"),
        ),
    ],
)
def test_what_breaks_unless_an_admin_acts_is_required(title: str, what: str, prepare: str) -> None:
    said = classify(a_message(what, title=title, when=ENDS, prepare=prepare, tags=("Admin impact",)))

    assert (said.action, said.admin_impact) == ("required", "high")


@pytest.mark.parametrize(
    "prepare",
    [
        pytest.param("You need to move your scripts. If you run none, there is nothing for you to do.", id="none run"),
        pytest.param(
            "Tenants that never set up the relay can skip this. Everybody else must switch to the new relay, "
            "or their mail is lost.",
            id="some can skip it",
        ),
        pytest.param(
            "No action is needed where the new agent is installed. Elsewhere, install it, because the old agent "
            "loses its connection.",
            id="no action where it is installed",
        ),
    ],
)
def test_who_is_let_off_does_not_cancel_what_the_others_must_do(prepare: str) -> None:
    said = classify(a_message("The old relay goes away.", title="The old relay is retired", when=ENDS, prepare=prepare))

    assert (said.action, said.admin_impact) == ("required", "high")


@pytest.mark.parametrize(
    "what",
    [
        pytest.param(
            "Sellers get a summary of each account. Administrators can turn the summary off in the settings of the "
            "environment. This message is for awareness, and no action is required.",
            id="can turn it off",
        ),
        pytest.param(
            "A new environment setting lets admins limit who may share an app. This is an informational message.",
            id="a setting that limits",
        ),
        pytest.param(
            "Makers see a new start page. An admin decides with a policy which makers see it. "
            "We share this for your awareness.",
            id="a policy decides",
        ),
        pytest.param(
            "Flows show who ran them last. Tenant admins find a switch for it under Privacy. For your awareness only.",
            id="a switch under Privacy",
        ),
    ],
)
def test_a_message_for_awareness_that_tells_of_a_control_is_a_choice(what: str) -> None:
    said = classify(
        a_message(
            what,
            title="Power Apps – Control what makers share",
            when="This reaches general availability on June 15, 2026.",
            tags=("New feature", "Admin impact"),
            services=["Power Apps", "Microsoft Power Platform"],
        )
    )

    assert (said.action, said.admin_impact) == ("optional", "medium")


@pytest.mark.parametrize(
    ("title", "what", "prepare"),
    [
        pytest.param(
            "Enforcement of signed requests in Contoso Sync",
            "Requests without a signature are rejected.",
            "Update your clients so that they sign. Clients that do not sign will be rejected.",
            id="rejected without a signature",
        ),
        pytest.param(
            "Multifactor authentication becomes mandatory for the admin portal",
            "Sign-in without a second factor is refused.",
            "You must register a second factor for every admin, or they are locked out.",
            id="locked out without a second factor",
        ),
        pytest.param(
            "Security hardening: weak ciphers are switched off on the mail gateway",
            "The gateway accepts only strong ciphers. Connections with weak ones fail.",
            "Check your servers and upgrade those that use weak ciphers to avoid interrupted mail flow.",
            id="weak ciphers fail",
        ),
        pytest.param(
            "Admin sessions only from managed devices",
            "Unmanaged devices are turned away.",
            "See to it that admins have a managed device, or they cannot administer anything.",
            id="turned away",
            marks=pytest.mark.xfail(strict=True, reason='"see to it" is no demand that the rules know'),
        ),
    ],
)
def test_enforcement_that_stops_the_unprepared_goes_to_the_board(title: str, what: str, prepare: str) -> None:
    said = classify(
        a_message(what, title=title, prepare=prepare, tags=("Admin impact", "Feature update"), category="planForChange")
    )

    assert (said.crb, said.action) == (True, "required")


@pytest.mark.parametrize(
    ("title", "what"),
    [
        pytest.param(
            "Outlook: A new look of the message list",
            "All users will see larger rows and new colours when they open their mail.",
            id="the message list",
        ),
        pytest.param(
            "Microsoft Teams: The chat bar moves to the top",
            "Everyone who uses chat will notice that the bar has moved.",
            id="the chat bar",
        ),
        pytest.param(
            "OneDrive: A new home page for files",
            "When people open OneDrive, the redesigned home page appears for everybody.",
            id="the home page of files",
        ),
        pytest.param(
            "SharePoint: New start page",
            "People land on another start page when they open SharePoint.",
            id="another start page",
        ),
    ],
)
def test_what_everybody_sees_in_a_daily_product_is_noticed(title: str, what: str) -> None:
    said = classify(
        a_message(
            what,
            title=title,
            affects="All users are affected.",
            tags=("Feature update", "User impact"),
            services=[title.partition(":")[0]],
        )
    )

    assert (said.user_impact, said.training) == ("medium", True)


@pytest.mark.parametrize(
    ("title", "what"),
    [
        pytest.param(
            "Contoso Notes for Windows 10 is retired",
            "Users will not be able to open their notes in this app any more and have to use the web.",
            id="not able to open",
        ),
        pytest.param(
            "Microsoft Teams: Meeting recordings from the old portal are removed",
            "People lose access to their old recordings and must download the ones they need.",
            id="lose access",
        ),
        pytest.param(
            "Outlook: The old calendar app stops working",
            "After that day the app shows an error, and users must install the new one to see their calendar.",
            id="must install another",
        ),
        pytest.param(
            "Contoso Notes for Mac comes to its end",
            "People on a Mac are left with the web version only.",
            id="left with the web",
            marks=pytest.mark.xfail(
                strict=True, reason='neither "comes to its end" nor "left with" is known as a loss'
            ),
        ),
    ],
)
def test_what_users_lose_of_their_daily_work_is_high(title: str, what: str) -> None:
    said = classify(
        a_message(what, title=title, when=ENDS, tags=("Retirement", "User impact"), services=["Microsoft Teams"])
    )

    assert said.user_impact == "high"


@pytest.mark.parametrize(
    "what",
    [
        pytest.param(
            "Data loss prevention policies can now cover pasted text. No action is required.", id="a policy covers text"
        ),
        pytest.param(
            "A new report shows matches of Data Loss Prevention rules. Your rules keep working.", id="a report"
        ),
        pytest.param("You can choose which data loss prevention alerts you get by mail.", id="alerts"),
    ],
)
def test_the_name_data_loss_prevention_is_no_loss(what: str) -> None:
    said = classify(
        a_message(
            what,
            title="Microsoft Purview | Data Loss Prevention: More to choose",
            tags=("New feature", "Admin impact"),
            services=["Microsoft Purview"],
        )
    )

    assert (said.action != "required", said.crb) == (True, False)


@pytest.mark.parametrize(
    "prepare",
    [
        pytest.param(
            "You do not need to do anything. You may tell your service desk about the new button.", id="service desk"
        ),
        pytest.param("Nothing to set up. Bring your guides and training material up to date if you like.", id="guides"),
        pytest.param("No action is necessary. Let your support staff know and refresh internal pages.", id="staff"),
    ],
)
def test_telling_people_and_updating_guides_is_no_work(prepare: str) -> None:
    said = classify(a_message("A button shows a list of pages.", prepare=prepare, tags=("New feature", "User impact")))

    assert (said.action, said.admin_impact) == ("none", "low")


@pytest.mark.parametrize(
    "prepare",
    [
        pytest.param("Nothing is asked of you: the change arrives by itself.", id="arrives by itself"),
        pytest.param("You have nothing to do.", id="nothing to do"),
        pytest.param("Admins do not have to take any steps.", id="no steps"),
    ],
)
def test_nothing_to_do_is_none(prepare: str) -> None:
    said = classify(a_message("Pages load faster.", prepare=prepare, tags=("Feature update", "Admin impact")))

    assert (said.action, said.admin_impact) == ("none", "low")


@pytest.mark.parametrize(
    "prepare",
    [
        pytest.param("No admin action is required. Users see the new page instead.", id="no action"),
        pytest.param("You do not need to do anything. We move all pages for you.", id="moved for you"),
        pytest.param("There is nothing to prepare; the list simply goes away.", id="simply goes"),
    ],
)
def test_a_retirement_that_asks_for_nothing_requires_nothing(prepare: str) -> None:
    said = classify(
        a_message(
            "The old list of pages goes away, and the new one takes its place.",
            title="Contoso Notes: The old list of pages retires",
            when="The list is removed on June 15, 2026.",
            prepare=prepare,
            tags=("Retirement", "User impact"),
        )
    )

    assert said.action in ("none", "optional")


@pytest.mark.parametrize(
    ("title", "what"),
    [
        pytest.param(
            "Copilot answers from mailboxes",
            "By default, Copilot will also read the mail of shared mailboxes to answer questions.",
            id="AI reads mail",
        ),
        pytest.param(
            "Guests can join pages without an invitation",
            "People outside your organization can open pages. This is on by default.",
            id="outsiders get in",
        ),
        pytest.param(
            "Contoso Notes: Another company's model processes your data",
            "Your prompts are sent to a subprocessor outside the EU. It is enabled by default for all tenants.",
            id="another company gets data",
        ),
        pytest.param(
            "Prompts may leave the region",
            "At busy times prompts are handled in data centers of other regions. "
            "This applies to all tenants from the start.",
            id="handled in other regions",
            marks=pytest.mark.xfail(
                strict=True, reason='neither "handled in" nor "from the start" is known for what it means'
            ),
        ),
    ],
)
def test_data_that_opens_up_by_default_goes_to_the_board(title: str, what: str) -> None:
    said = classify(
        a_message(
            what,
            title=title,
            prepare="Review the setting and turn it off if you do not want this.",
            tags=("New feature", "Admin impact", "User impact"),
        )
    )

    assert (said.status, said.crb) == ("scheduled", True)
