"""What is special about Redmine, seen in the real one: names, rights, workflows, markup, what it does not say."""

import html
import re
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from pydantic import ValidationError

from shared.adapters.ticketing.markup import without_joiners
from shared.adapters.tickets.redmine import Settings
from shared.adapters.tickets.redmine.issue import choose, left_alone, state_of
from shared.core.errors import PermanentError
from tests.contracts.redmine import SETTINGS, below, fields_of, issue_of, lines_of, over
from tests.contracts.rig import ticket

BASIC = {**SETTINGS, "url": "https://redmine.example", "project": "crb"}


@asynccontextmanager
async def system(redmine, place="", **settings):
    """The adapter over that project, or a new one, and the proxy between."""
    async with over(redmine, place or redmine.project(), settings) as (another, proxy, clock):
        yield another(), proxy, clock


@contextmanager
def setting(redmine, name, value, before):
    redmine.setting(name, value)
    try:
        yield
    finally:
        redmine.setting(name, before)


def change(redmine, number, **fields):
    """By an administrator's hand."""
    redmine.ask("PUT", f"/issues/{number}.json", {"issue": fields})


# May we?


async def test_ping_says_as_whom_and_where(redmine):
    project = redmine.project()
    async with system(redmine, project) as (port, _, _):
        assert await port.ping() == (f"Redmine project {project} as foresignal; issues can be seen, made and changed")


@pytest.mark.parametrize(
    ("made", "settings", "words"),
    [
        ({"role": "reader"}, {}, "foresignal has Reader in project .*, without: Add issues, Edit issues, Add notes"),
        ({"role": ""}, {}, "403: we lack a permission in project"),
        ({}, {"tracker": "Bug"}, r"has no tracker 'Bug'; it has Change \(tickets.crb.settings.tracker\)"),
        ({}, {"tracker": 1}, "has no tracker 1"),
        ({}, {"key_field": "Reference"}, "no custom field 'Reference' is to be seen in project"),
        ({}, {"fields": {"Act bye": "x"}}, "no custom field 'Act bye' is to be seen"),
        ({}, {"values": {"risk": {"high": "Dire"}}}, "no priority 'Dire'; there are Low, Normal, High, Urgent, Imm"),
        ({}, {"values": {"group": {"A": "Network"}}}, "no issue category 'Network'; it has none"),
        ({}, {"project": "no-such"}, "404: there is nothing there: is the address right, and the project no-such"),
        ({}, {"decision_field": "Verdict"}, "no custom field 'Verdict'"),
    ],
)  # fmt: skip
async def test_ping_names_what_is_missing(redmine, made, settings, words):
    async with system(redmine, redmine.project(**made), **settings) as (port, _, _):
        with pytest.raises(PermanentError, match=words):
            await port.ping()


async def test_ping_sees_that_the_field_for_our_key_cannot_be_looked_up_by(redmine):
    project = redmine.project(fields=("blind",))
    async with system(redmine, project, key_field="Not a filter", fields={}) as (port, _, _):
        await port.open(ticket())

        for call in (port.ping, lambda: port.open(ticket("MC1200002"))):
            with pytest.raises(PermanentError, match="tick “Used as a filter” there"):
                await call()
    assert redmine.ask("GET", "/issues.json", project_id=project)["total_count"] == 1


async def test_a_key_that_is_none_and_an_api_that_is_off_are_told_apart_from_rights(redmine):
    off = r"the REST API is off \(Administration, Settings, API\)"
    async with system(redmine) as (port, _, _):
        with setting(redmine, "rest_api_enabled", "0", "1"), pytest.raises(PermanentError, match=off):
            await port.ping()
    async with system(redmine, api_key="OTHER_KEY") as (port, _, _):
        port._calls._deps.secrets.held["OTHER_KEY"] = "0" * 40
        with pytest.raises(PermanentError, match=r"401: .* the secret OTHER_KEY is no API access key") as failed:
            await port.open(ticket())
        assert "0" * 40 not in str(failed.value)


async def test_an_issue_that_redmine_made_without_our_key_is_said_and_no_second_one_is_made(redmine):
    project = redmine.project(fields=("plan", "services"))
    async with system(redmine, project, key_field=redmine.made["fields"]["key"]) as (port, _, _):
        with pytest.raises(PermanentError, match=r"made issue \d+ without our key: enable the custom field"):
            await port.open(ticket())
        with pytest.raises(PermanentError, match="tick “Used as a filter” there, and enable it for project"):
            await port.open(ticket("MC1200002"))
    assert redmine.ask("GET", "/issues.json", project_id=project)["total_count"] == 1


async def test_what_redmine_does_not_take_is_said_in_its_words(redmine):
    async with system(redmine, fields={"due_date": "2020-01-01"}) as (port, _, _):
        with pytest.raises(PermanentError, match=r"422: Redmine does not take it \(Due date must be greater than"):
            await port.open(ticket())


# Fields.


async def test_fields_may_be_named_or_numbered_and_those_of_every_project_are_named_once_an_issue_shows_them(redmine):
    project, act_by = redmine.project(), "{{ act_by or '' }}"
    async with system(redmine, project, fields={"Act by": act_by}) as (port, _, _):
        with pytest.raises(PermanentError, match=r"no custom field 'Act by' is to be seen .* or say its number"):
            await port.open(ticket())
    async with system(redmine, project, fields={str(redmine.made["fields"]["everywhere"]): act_by}) as (port, _, _):
        made = await port.open(ticket())
        assert fields_of(issue_of(redmine, made.number))["Act by"] == "2026-09-30"
    async with system(redmine, project, fields={"act BY": act_by}) as (port, _, _):
        await port.amend(made, ticket(act_by=None))
        assert fields_of(issue_of(redmine, made.number))["Act by"] in {"", None}


async def test_the_group_is_a_category_where_the_policy_says_so_and_the_boards_from_then_on(redmine):
    project = redmine.project()
    for name in ("Network", "Workplace"):
        redmine.ask("POST", f"/projects/{project}/issue_categories.json", {"issue_category": {"name": name}})
    settings = {"values": {"group": {"Messaging": "Network"}, "risk": {"high": "Urgent"}}}
    async with system(redmine, project, **settings) as (port, _, _):
        made = await port.open(ticket())
        issue = issue_of(redmine, made.number)
        assert (issue["category"]["name"], issue["priority"]["name"]) == ("Network", "Urgent")

        categories = redmine.ask("GET", f"/projects/{project}/issue_categories.json")["issue_categories"]
        change(redmine, made.number, category_id=categories[1]["id"], assigned_to_id=redmine.made["user"])
        await port.amend(made, ticket(risk="low"))

    issue = issue_of(redmine, made.number)
    assert issue["category"]["name"] == "Workplace"
    assert issue["assigned_to"]["id"] == redmine.made["user"]
    assert issue["priority"]["name"] == "Low"


async def test_what_is_as_it_should_be_costs_one_call_and_leaves_no_entry_in_the_history(redmine):
    async with system(redmine) as (port, proxy, _):
        made = await port.open(ticket())
        before, asked = issue_of(redmine, made.number), len(proxy.asked)

        await port.amend(made, ticket())

        assert proxy.asked[asked:] == [("GET", f"/issues/{made.number}.json")]
        assert issue_of(redmine, made.number) == before


async def test_an_issue_that_was_moved_to_another_project_is_still_followed(redmine):
    project, other = redmine.project(), redmine.project()
    async with system(redmine, project) as (port, _, _):
        made = await port.open(ticket())
        change(redmine, made.number, project_id=redmine.ask("GET", f"/projects/{other}.json")["project"]["id"])
        change(redmine, made.number, status_id=redmine.made["statuses"]["Scheduled"])

        assert (await port.states([made.number]))[made.number].state == "scheduled"
        assert (await port.amend(made, ticket(notes=("moved",)))).number == made.number
        assert "moved" in lines_of(issue_of(redmine, made.number))


# What people fill in.


async def test_a_persons_text_and_dates_stay_and_the_ends_of_lines_are_nobodys_edit(redmine):
    async with system(redmine) as (port, _, _):
        made = await port.open(ticket())
        text = issue_of(redmine, made.number)["description"]
        change(redmine, made.number, description=text.replace("\r\n", "\n") + "\n\n", due_date="2026-12-24")
        change(redmine, made.number, custom_fields=[{"id": redmine.made["fields"]["plan"], "value": "Ask Ana."}])

        moved = ticket(what="It goes later.", planned_start=date(2026, 11, 2), test_plan="Another.", notes=())
        after = await port.amend(made, moved)

        fields = fields_of(issue_of(redmine, made.number))
        assert after.not_taken == ()
        assert fields["description"].startswith("It goes later.")
        assert (fields["start_date"], fields["due_date"], fields["Test plan"]) == (
            "2026-11-02",
            "2026-12-24",
            "Ask Ana.",
        )


# Who is assigned, and the issues under an issue.


async def test_who_answers_for_the_team_is_assigned_once_and_read_once(redmine):
    async with system(redmine) as (port, proxy, _):
        made = await port.open(ticket())
        change(redmine, made.number, assigned_to_id=redmine.made["user"])
        await port.amend(made, ticket(what="Later."))
        again = await port.open(ticket("MC1200002"))

    assert issue_of(redmine, made.number)["assigned_to"]["id"] == redmine.made["user"]
    assert issue_of(redmine, again.number)["assigned_to"]["id"] == redmine.made["ana"]
    assert len([one for one in proxy.asked if one[1].startswith("/users/")]) <= 2


@pytest.mark.parametrize("address", ["bob@contoso.example", "foresignal@contoso.example"])
async def test_who_is_no_member_or_hides_the_address_is_said_and_fails_no_filing(redmine, address):
    async with system(redmine) as (port, _, _):
        made = await port.open(ticket(assigned_to=address))

    issue = issue_of(redmine, made.number)
    assert "assigned_to" not in issue
    line = f"Nobody with the address {address} is known here, so nobody is assigned yet"
    assert without_joiners(lines_of(issue)[-1]) == line
    assert made.not_taken == ()


async def test_a_member_to_whom_issues_may_not_be_assigned_fails_no_filing(redmine):
    project = redmine.project()
    members = redmine.ask("GET", f"/projects/{project}/memberships.json")["memberships"]
    (ana,) = [each for each in members if each["user"]["id"] == redmine.made["ana"]]
    body = {"membership": {"role_ids": [redmine.made["roles"]["outside"]]}}
    redmine.ask("PUT", f"/memberships/{ana['id']}.json", body)
    async with system(redmine, project) as (port, _, _):
        made = await port.open(ticket())

    issue = issue_of(redmine, made.number)
    assert "assigned_to" not in issue
    assert "ana@contoso.example could not be assigned here" in without_joiners(lines_of(issue)[-1])


async def test_an_issue_under_it_has_its_day_its_owner_and_a_key_that_is_not_the_tickets(redmine):
    async with system(redmine) as (port, _, _):
        made = await port.open(ticket(has_tasks=True))
        shown = port.preview(ticket(has_tasks=True)).fields

    first, second = below(redmine, made.number)
    assert fields_of(issue_of(redmine, first["id"]))["Foresignal key"] == f"{ticket().key}-a1b2c3d4e5f6"
    assert (first["due_date"], first["assigned_to"]["id"]) == ("2026-09-01", redmine.made["ana"])
    assert (second["due_date"], second["start_date"]) == (None, None)
    assert first["priority"]["name"] == "High"
    assert (shown["subtasks"], shown["assigned_to_id"]) == (
        ["Tell the users", "Install the new viewer"],
        "ana@contoso.example",
    )
    assert made.not_taken == ()
    assert fields_of(issue_of(redmine, made.number))["start_date"] == "2026-10-01"


async def test_an_issue_under_it_is_never_taken_for_the_ticket_and_one_that_is_closed_closes_nothing(redmine):
    project = redmine.project()
    async with system(redmine, project) as (port, _, _):
        made = await port.open(ticket(has_tasks=True))
        first, second = below(redmine, made.number)
        change(redmine, first["id"], status_id=redmine.made["statuses"]["Closed"])

        assert (await port.states([made.number]))[made.number].state == "new"
        # Redmine ends no issue that has one under it that is open.
        after = await port.amend(made, ticket(has_tasks=True, cancelled=True, notes=("cancelled",)))
        assert after.state == "new"
        assert "or none while a subtask is open" in after.not_taken[0]
        change(redmine, second["id"], status_id=redmine.made["statuses"]["Closed"])
        assert (await port.amend(after, ticket(has_tasks=True, cancelled=True, notes=()))).state == "cancelled"
    async with system(redmine, project) as (port, _, _):
        assert (await port.find(ticket().key)).number == made.number
        redmine.ask("DELETE", f"/issues/{made.number}.json")
        assert await port.find(ticket().key) is None


async def test_a_role_that_may_not_make_subtasks_makes_none_and_people_are_asked(redmine):
    async with system(redmine, redmine.project("narrow")) as (port, _, _):
        made = await port.open(ticket(has_tasks=True))

    assert below(redmine, made.number) == []
    (line,) = made.not_taken
    assert line == (
        "Redmine did not take the tasks of the plan: please add them by hand, or give our role the permission “Manage "
        "subtasks”"
    )


async def test_a_redmine_that_takes_an_issues_dates_from_its_subtasks_is_said_to(redmine):
    redmine.setting("parent_issue_dates", "derived")
    try:
        async with system(redmine) as (port, _, _):
            made = await port.open(ticket(has_tasks=True))
    finally:
        redmine.setting("parent_issue_dates", "independent")

    assert len(made.tasks) == 2
    (line,) = made.not_taken
    assert "Parent tasks attributes" in line


# Workflow and decision.


async def test_a_workflow_without_a_way_for_us_is_asked_of_people_once(redmine):
    async with system(redmine, redmine.project("narrow")) as (port, _, _):
        made = await port.open(ticket())
        for _ in range(2):
            after = await port.amend(made, ticket(cancelled=True, notes=("cancelled",)))

    assert after.state == "new"
    asked = (
        "Microsoft will not make this change: please cancel this issue by hand; its workflow has no such way for us."
    )
    assert lines_of(issue_of(redmine, made.number)).count(asked) == 1


# What Redmine leaves out silently, and how it writes what it takes.


async def test_what_our_role_may_not_set_is_named_and_written_again_when_it_may(redmine):
    project = redmine.project("bound")
    async with system(redmine, project) as (port, _, _):
        made = await port.open(ticket())
        issue = issue_of(redmine, made.number)
        assert (fields_of(issue)["Services"] or "", issue["priority"]["name"]) == ("", "Normal")
        line = "Redmine did not take Services, priority: please set that by hand, or let us (a rule there keeps it)."
        assert made.not_taken == (line,)
        assert lines_of(issue).count(line) == 1

        redmine.give(project, "filer")
        after = await port.amend(made, ticket())

        issue = issue_of(redmine, made.number)
        assert after.not_taken == ()
        assert (fields_of(issue)["Services"], issue["priority"]["name"]) == ("Exchange Online", "High")


async def test_a_field_that_the_tracker_does_not_have_is_said_to_be_so(redmine):
    number = redmine.made["fields"]["plan"]
    async with system(redmine, redmine.project(fields=("key",)), fields={str(number): "x"}) as (port, _, _):
        (line,) = (await port.open(ticket())).not_taken

    assert line.startswith(f"Redmine did not take {number} (no such field there, or we may not read it): please set")


async def test_notes_that_our_role_may_not_add_are_handed_back(redmine):
    async with system(redmine, redmine.project("silent")) as (port, _, _):
        made = await port.open(ticket())

        assert made.not_taken == ("Redmine did not take our notes: please give our role the permission “Add notes”",)
        assert lines_of(issue_of(redmine, made.number)) == []


async def test_a_redmine_that_offers_each_status_and_takes_none_is_asked_of_people_once(redmine):
    """As before Redmine 5, which does not say what the workflow offers us."""
    async with system(redmine, redmine.project("narrow")) as (port, _, _):
        read = port._calls.read_part

        def without_offers(answer, name, kind=None):
            part = read(answer, name, kind)
            return {key: what for key, what in part.items() if key != "allowed_statuses"} if name == "issue" else part

        port._calls.read_part = without_offers
        made = await port.open(ticket())
        for _ in range(3):
            after = await port.amend(made, ticket(cancelled=True, notes=("it fell",)))

    assert after.state == "new"
    (line,) = after.not_taken
    assert line.startswith("Microsoft will not make this change. We may not cancel the ticket: please do")
    lines = lines_of(issue_of(redmine, made.number))
    assert [sum("by hand" in told for told in lines), lines.count("it fell")] == [1, 1]


@pytest.mark.parametrize(
    ("sent", "shown", "is_taken"),
    [
        ({"subject": "a  b "}, {"subject": "a b"}, True),
        ({"subject": "A b"}, {"subject": "a b"}, True),
        ({"subject": "a c"}, {"subject": "a b"}, False),
        ({"description": "a\n\nb"}, {"description": "a\r\n\r\nb\r\n"}, True),
        ({"due_date": ""}, {"due_date": None}, True),
        ({"due_date": ""}, {"due_date": "2026-10-01"}, False),
        ({"due_date": "2026-10-01"}, {}, False),
        ({"estimated_hours": "2"}, {"estimated_hours": 2.0}, True),
        ({"priority_id": 3}, {"priority": {"id": 3, "name": "High"}}, True),
        ({"priority_id": 3}, {"priority": {"id": 2, "name": "Normal"}}, False),
        ({"category_id": 3}, {}, False),
        ({"watcher_user_ids": [3]}, {}, True),
        ({"assigned_to_id": "me"}, {"assigned_to": {"id": 5, "name": "Fore Signal"}}, True),
        ({"assigned_to_id": 6}, {"assigned_to": {"id": 5, "name": "Fore Signal"}}, False),
        ({"Own": "x"}, {"custom_fields": [{"id": 7, "value": "X "}]}, True),
        ({"Own": True}, {"custom_fields": [{"id": 7, "value": "1"}]}, True),
        ({"Own": ["b", "a"]}, {"custom_fields": [{"id": 7, "value": ["a", "b"]}]}, True),
        ({"Own": ["b", "a"]}, {"custom_fields": [{"id": 7, "value": ["a"]}]}, False),
        ({"Own": "x"}, {"custom_fields": []}, False),
    ],
)
def test_what_differs_only_in_how_it_is_written_is_taken(sent, shown, is_taken):
    assert left_alone(sent, shown, {"Own": 7}) == (() if is_taken else tuple(sent))


async def test_a_decision_is_read_from_the_field_that_the_policy_names_with_who_and_when(redmine):
    async with system(redmine, decision_field="Decision") as (port, proxy, _):
        made, asked = await port.open(ticket()), len(proxy.asked)
        field = redmine.made["fields"]["decision"]
        change(redmine, made.number, custom_fields=[{"id": field, "value": "Deferred"}])
        assert (await port.states([made.number]))[made.number].decision == ""
        change(redmine, made.number, custom_fields=[{"id": field, "value": "Approved"}])

        for _ in range(3):
            seen = (await port.states([made.number]))[made.number]
        assert (seen.decision, seen.decided_by) == ("approved", "Redmine Admin")
        assert abs(seen.decided_at - datetime.now(UTC)) < timedelta(minutes=1)
        assert proxy.asked[asked:].count(("GET", f"/issues/{made.number}.json")) == 1

        change(redmine, made.number, custom_fields=[{"id": field, "value": "Rejected"}])
        assert (await port.states([made.number]))[made.number].decision == "rejected"


_ENDS = {"name": "Done", "is_closed": True}


@pytest.mark.parametrize(
    ("status", "mapped", "state"),
    [
        ({"name": "New", "is_closed": False}, {}, "new"),
        ({"name": "Feedback", "is_closed": False}, {}, "assess"),
        ({"name": "Resolved", "is_closed": False}, {}, "review"),
        ({"name": "Rejected", "is_closed": True}, {}, "cancelled"),
        ({"name": "Rejected", "is_closed": False}, {}, None),
        (_ENDS, {}, "closed"),
        (_ENDS, {"done": "review"}, "review"),
        ({"name": "Neu", "is_closed": False}, {}, None),
        ({"name": "Neu", "is_closed": False}, {"Neu": "new"}, "new"),
        ({"name": "New", "is_closed": True}, {}, "closed"),
        ({}, {}, None),
    ],
)
def test_a_status_is_ours_by_the_policy_by_its_name_or_by_its_end(status, mapped, state):
    assert state_of(Settings(**BASIC, states=mapped), status) == state


def test_of_the_ways_that_are_offered_the_plainest_is_taken():
    settings = Settings(**BASIC, states={"Abgelehnt": "cancelled"})
    offered = [
        {"id": 1, "name": "Closed", "is_closed": True},
        {"id": 2, "name": "Abgelehnt", "is_closed": False},
        {"id": 3, "name": "Cancelled", "is_closed": True},
        {"id": 4, "name": "Something", "is_closed": False},
        {"id": 5, "name": "Assess", "is_closed": False},
    ]

    assert choose(settings, offered, "cancel")["id"] == 3
    assert choose(settings, offered[:2], "cancel")["id"] == 2
    assert choose(settings, offered[:1], "cancel") is None
    assert choose(settings, offered, "reopen")["id"] == 5
    assert choose(settings, offered[:4], "reopen")["id"] == 4
    assert choose(settings, offered[:1], "reopen") is None


# What people see in Redmine.

EVIL = (
    "h1. Big *bold* _it_ -gone- @code@ <script>alert(1)</script> <b>b</b> !http://x.example/a.png! {{child_pages}} "
    '[[Secret]] "here":http://evil.example %{color:red}x% |a|b| # one ## two ~~~ `x` [y](http://evil.example) **z** #1'
)


@pytest.fixture
def page_of(redmine):
    """An issue's page, as an administrator's browser gets it."""
    with httpx.Client(base_url=redmine.url, follow_redirects=True, timeout=30) as browser:
        token = re.search(r'name="authenticity_token" value="([^"]+)"', browser.get("/login").text)[1]
        answer = browser.post("/login", data={"authenticity_token": token, "username": "admin", "password": "admin"})
        assert "Logged in as" in answer.text
        yield lambda number: browser.get(f"/issues/{number}").text


@pytest.mark.parametrize("markup", ["textile", "markdown", "common_mark"])
async def test_hostile_text_is_text_on_redmines_own_page_and_headings_and_links_are_what_they_are(
    redmine, page_of, markup
):
    with setting(redmine, "text_formatting", markup, "textile"):
        async with system(redmine, markup=markup) as (port, _, _):
            made = await port.open(ticket(what=f"{EVIL}\n\n{EVIL}", audience=f"- {EVIL}", notes=(EVIL,)))
            await port.amend(made, ticket(what=f"{EVIL}\n\n{EVIL}", audience=f"- {EVIL}", notes=(EVIL,)))

        assert len(issue_of(redmine, made.number)["journals"]) == 1
        shown = page_of(made.number)
    description = shown.split('<div class="description">')[1].split('<div id="history">')[0]
    (wiki,) = re.findall(r'<div class="wiki"[^>]*>(.*?)</div>', description, re.DOTALL)
    (note,) = re.findall(r'<div id="journal-\d+-notes" class="wiki"[^>]*>(.*?)</div>', shown, re.DOTALL)
    assert re.search(r"<h3[^>]*>For whom", wiki)
    assert re.search(r"<li>\s*Services: Exchange Online", html.unescape(wiki))
    assert re.search(r'<a href="https://admin.microsoft.com/[^"]+MC1200001" class="external">Message Center', wiki)
    for text in (wiki, note):
        for never in ("<script", "<b>", "<strong>", "<em>", "<del>", "<code>", "<img", "<table", "<h1", "style="):
            assert never not in text, never
        assert not re.search(r'<a [^>]*href="http://evil.example[^>]*>(here|y)<', text)
        people_see = without_joiners(html.unescape(text))
        assert "alert(1)" in people_see
        assert "{{child_pages}}" in people_see
        assert "h1. Big *bold* _it_ -gone- @code@ <script>" in people_see


# Settings.


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"url": "http://redmine.example"}, "begins with https://"),
        ({"url": "https://redmine.example/a?b"}, "begins with https://"),
        ({"project": "Not an identifier"}, "String should match pattern"),
        ({"tracker": ""}, "by name or number"),
        ({"markup": "html"}, "Input should be 'textile'"),
        ({"api_key": "0123abcd"}, "api_key"),
    ],
)
def test_settings_that_cannot_work_are_faults(settings, words):
    with pytest.raises(ValidationError) as failed:
        Settings.model_validate(BASIC | settings)
    assert words in str(failed.value)


def test_a_redmine_under_a_path_is_taken():
    settings = Settings.model_validate(
        BASIC | {"url": "https://intranet.example/redmine/", "tracker": 4, "key_field": 7}
    )

    assert settings.page("12") == "https://intranet.example/redmine/issues/12"
    assert (settings.tracker, settings.key_field) == (4, 7)
