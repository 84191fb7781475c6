"""Kinds of faults that were once made in reading real posts: the fields, each kind in three wordings of our own.

The faults of plans and deadlines are in test_kinds_of_fault_in_plans.py. Kinds that stand elsewhere already:
fallen plans that ask for nothing: test_fields_by_definition.py
"not at this time", with and without a promise: test_status.py
training, which follows two other fields: test_classify.py
"""

import pytest

from shared.core.classify import classify
from tests.core.classify.messages import ENDS, ROLLOUT, a_message


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
    ("title", "what"),
    [
        pytest.param(
            "Contoso Notes: Links open in the desktop app",
            "Today links to notes open in the browser. From now on they open in the desktop app instead.",
            id="opens elsewhere",
        ),
        pytest.param(
            "Contoso Notes: Search box moves to the title bar",
            "The search box, which sits above the list today, moves to the title bar.",
            id="moves",
        ),
        pytest.param(
            "Contoso Notes: Longer file names and a higher limit for attachments",
            "The limit for attachments rises from 20 MB to 50 MB.",
            id="a limit rises",
        ),
    ],
)
def test_what_changes_something_that_exists_is_a_change_though_tagged_as_new(title: str, what: str) -> None:
    assert classify(a_message(what, title=title, tags=("New feature", "User impact"))).kind == "feature_change"


@pytest.mark.parametrize(
    ("title", "what"),
    [
        pytest.param(
            "Contoso Notes: Record a voice note",
            "People could only type until now. With this update they can also record their voice.",
            id="could only type",
        ),
        pytest.param(
            "Contoso Notes: New option to lock a page",
            "We are adding a lock. Owners will be able to protect a page from edits.",
            id="a lock is added",
        ),
        pytest.param(
            "Introducing translation of notes",
            "For the first time, notes can be translated into other languages.",
            id="for the first time",
        ),
    ],
)
def test_what_could_not_be_done_before_is_new_though_tagged_as_an_update(title: str, what: str) -> None:
    assert classify(a_message(what, title=title, tags=("Feature update", "User impact"))).kind == "new_feature"


@pytest.mark.parametrize(
    ("title", "what"),
    [
        pytest.param(
            "Multifactor authentication becomes mandatory for the admin portal",
            "Everybody who signs in to the portal will have to pass a second factor.",
            id="a second factor becomes mandatory",
        ),
        pytest.param(
            "Stricter checks for tokens of Contoso Sync",
            "The service will refuse tokens that were issued for another audience, to close a way of attack.",
            id="stricter checks",
        ),
        pytest.param(
            "Contoso Mail: Unsigned macros are blocked to protect against malware",
            "Macros that come from the internet no longer run unless they are signed by a trusted publisher.",
            id="unsigned macros",
        ),
    ],
)
def test_protection_under_stricter_conditions_is_security(title: str, what: str) -> None:
    assert classify(a_message(what, title=title, tags=("Feature update", "Admin impact"))).kind == "security"


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
    ],
)
def test_enforcement_that_stops_the_unprepared_goes_to_the_board(title: str, what: str, prepare: str) -> None:
    said = classify(
        a_message(what, title=title, prepare=prepare, tags=("Admin impact", "Feature update"), category="planForChange")
    )

    assert (said.crb, said.action) == (True, "required")


@pytest.mark.parametrize(
    "affects",
    [
        pytest.param("Your tenant stays as it is until an administrator switches this on.", id="until switched on"),
        pytest.param("If you set no policy, nothing will be different for your users.", id="no policy, no difference"),
        pytest.param("It has no effect as long as no admin has assigned the policy.", id="no effect until assigned"),
    ],
)
def test_what_changes_nothing_until_an_admin_sets_it_arrives_off(affects: str) -> None:
    assert classify(a_message("Pages can be locked.", affects=affects, tags=("New feature",))).default == "off"


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("The lock isn't turned on by default.", id="isn't turned on"),
        pytest.param("By default, page locks will not be enabled.", id="will not be enabled"),
        pytest.param("The lock is not active by default; an admin has to activate it.", id="not active"),
    ],
)
def test_a_denied_default_is_off(words: str) -> None:
    assert classify(a_message(f"Pages can be locked. {words}", tags=("New feature",))).default == "off"


@pytest.mark.parametrize(
    "prepare",
    [
        pytest.param("To use the lock, an admin must first connect a key vault under Settings.", id="connect first"),
        pytest.param("The lock works once you have configured it in the admin center.", id="once configured"),
        pytest.param("Admins have to opt in before anybody in the tenant sees the lock.", id="opt in"),
    ],
)
def test_what_must_be_set_up_first_arrives_off(prepare: str) -> None:
    assert classify(a_message("Pages can be locked.", prepare=prepare, tags=("New feature",))).default == "off"


@pytest.mark.parametrize(
    ("title", "what"),
    [
        pytest.param(
            "Basic sign-in for the relay is turned off",
            "We turn off basic sign-in for every tenant. No admin has to do this.",
            id="turned off for every tenant",
        ),
        pytest.param(
            "Contoso Notes: Anonymous links are disabled to protect data",
            "The setting for anonymous links changes to disabled in all tenants by itself.",
            id="a setting changes to disabled",
        ),
        pytest.param(
            "Contoso Notes: Automatic previews of unsafe files are switched off for everyone",
            "Unsafe files no longer show a preview. The protection applies to all users automatically.",
            id="switched off for everyone",
        ),
    ],
)
def test_what_is_switched_off_for_all_does_not_arrive_off(title: str, what: str) -> None:
    said = classify(a_message(what, title=title, tags=("Feature update",)))

    assert said.default in ("on", "removed")


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
    ],
)
def test_what_users_lose_of_their_daily_work_is_high(title: str, what: str) -> None:
    said = classify(
        a_message(what, title=title, when=ENDS, tags=("Retirement", "User impact"), services=["Microsoft Teams"])
    )

    assert said.user_impact == "high"


@pytest.mark.parametrize(
    ("title", "what"),
    [
        pytest.param(
            "Some users cannot open shared calendars after the May update",
            "We are aware of a problem: shared calendars may fail to open. A fix is in the works.",
            id="aware of a problem",
        ),
        pytest.param(
            "Issue with printing from Contoso Notes",
            "Printing can fail on some devices. Our engineers are investigating. Until it is resolved, print to PDF.",
            id="investigating",
        ),
        pytest.param(
            "Fix released for crashes of Contoso Sync",
            "An error in the last version made the client crash. The new build mends it.",
            id="a fix",
        ),
    ],
)
def test_a_known_issue_is_no_feature(title: str, what: str) -> None:
    said = classify(a_message(what, title=title, when="", tags=("User impact",)))

    assert (said.kind, said.default) == ("maintenance", "n/a")


@pytest.mark.parametrize(
    ("title", "what"),
    [
        pytest.param(
            "Billing for extra storage starts",
            "From June 15, 2026, storage above your quota is charged on your monthly bill.",
            id="storage is charged",
        ),
        pytest.param(
            "Changes to the price of Contoso Notes Premium",
            "New customers and renewals pay the new price.",
            id="a price",
        ),
        pytest.param(
            "Reminder: your free trial of Contoso Pages becomes a paid subscription",
            "As we told you in January, trials are turned into subscriptions that appear on your invoice.",
            id="a trial is paid for",
        ),
    ],
)
def test_a_notice_of_bills_is_information(title: str, what: str) -> None:
    said = classify(a_message(what, title=title, when="This is effective June 15, 2026."))

    assert (said.kind, said.crb) == ("info", False)


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
            "New IP ranges for Contoso Sync",
            "The service will be reached at other IP ranges. Allow them in your firewall, or synchronization fails.",
            id="IP ranges",
        ),
        pytest.param(
            "The web address of the update service changes",
            "Clients fetch updates from a new host. You must permit this host on your proxy to keep getting updates.",
            id="a host on the proxy",
        ),
        pytest.param(
            "Gateway of Contoso Mail moves to new servers",
            "We move the gateway to new servers. If you restrict outbound traffic, add the new servers to your "
            "allow list, otherwise mail is not delivered.",
            id="a gateway moves",
        ),
    ],
)
def test_new_addresses_are_maintenance_and_for_the_board(title: str, what: str) -> None:
    said = classify(a_message(what, title=title, tags=("Admin impact",), category="planForChange"))

    assert (said.kind, said.action, said.crb) == ("maintenance", "required", True)


@pytest.mark.parametrize(
    ("title", "what"),
    [
        pytest.param("No updates at the end of the year", "We hold back all updates for two weeks.", id="held back"),
        pytest.param("Holiday freeze of releases", "During the freeze no new versions are released.", id="a freeze"),
        pytest.param("Pause of deployments in June", "Deployments pause while we move data centers.", id="a pause"),
    ],
)
def test_a_freeze_of_updates_is_maintenance(title: str, what: str) -> None:
    when = "Updates stop on June 15, 2026 and resume on June 29, 2026."

    assert classify(a_message(what, title=title, when=when)).kind == "maintenance"


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


def test_the_usual_plan_is_read() -> None:
    assert len(classify(a_message("Pages can be locked.", when=ROLLOUT)).windows) == 1
