"""Kinds of faults that were once made in reading real posts, each in three wordings of our own or more: kind, default.

Actions, impacts and the board are in test_kinds_of_fault_in_effects.py, plans and deadlines in
test_kinds_of_fault_in_plans.py. The rules were written with most of these wordings in view; of 53 that were written
afterwards, 10 had been read rightly before and 12 were then. Some of the others are here, and fail.

Kinds that stand elsewhere already:
fallen plans that ask for nothing: test_fields_by_definition.py
"not at this time", with and without a promise: test_status.py
training, which follows two other fields: test_classify.py
"""

import pytest

from shared.core.classify.classifier import classify
from tests.core.classify.messages import a_message


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
        pytest.param(
            "Contoso Notes: Trash is emptied after 14 days",
            "The trash keeps pages for 14 days rather than 30.",
            id="14 days rather than 30",
            marks=pytest.mark.xfail(strict=True, reason="the tag outweighs words that only compare two numbers"),
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
        pytest.param(
            "Contoso Notes: Reading aloud",
            "The app can read a page aloud.",
            id="can read aloud",
            marks=pytest.mark.xfail(
                strict=True, reason="but for the tag nothing says whether this could be done before"
            ),
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
        pytest.param(
            "Device compliance is checked before admin sign-in",
            "Only healthy devices get to the admin portal.",
            id="only healthy devices",
            marks=pytest.mark.xfail(
                strict=True, reason="a condition for sign-in is known as protection only by its usual names"
            ),
        ),
    ],
)
def test_protection_under_stricter_conditions_is_security(title: str, what: str) -> None:
    assert classify(a_message(what, title=title, tags=("Feature update", "Admin impact"))).kind == "security"


@pytest.mark.parametrize(
    "affects",
    [
        pytest.param("Your tenant stays as it is until an administrator switches this on.", id="until switched on"),
        pytest.param("If you set no policy, nothing will be different for your users.", id="no policy, no difference"),
        pytest.param("It has no effect as long as no admin has assigned the policy.", id="no effect until assigned"),
        pytest.param(
            "Nobody sees the lock before an administrator has allowed it.",
            id="nobody before",
            marks=pytest.mark.xfail(strict=True, reason='"before" an admin allows it is not known as "until"'),
        ),
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
        pytest.param(
            "It takes an add-on licence, which you assign to the people who shall have it.",
            id="an add-on licence",
            marks=pytest.mark.xfail(
                strict=True, reason="only a licence that must be bought is known, not one that it takes"
            ),
        ),
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
        pytest.param(
            "Interruption of the search service",
            "Search was interrupted last night. Service is back to normal.",
            id="an interruption",
            marks=pytest.mark.xfail(strict=True, reason="an interruption that is over is not known as an issue"),
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
        pytest.param(
            "Your agreement ends soon",
            "Renew your agreement to keep the present price.",
            id="an agreement",
            marks=pytest.mark.xfail(strict=True, reason="the title names neither a price nor a bill"),
        ),
    ],
)
def test_a_notice_of_bills_is_information(title: str, what: str) -> None:
    said = classify(a_message(what, title=title, when="This is effective June 15, 2026."))

    assert (said.kind, said.crb) == ("info", False)


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
        pytest.param(
            "Wider address space for Contoso Sync",
            "The service uses a wider address space. Whoever filters traffic must let the new range through, "
            "or clients go offline.",
            id="an address space",
            marks=pytest.mark.xfail(
                strict=True, reason="an address space, and going offline, are not known by these names"
            ),
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
