"""What is special about Azure DevOps: revisions, processes, tags, HTML, a page to sign in, and what ping misses."""

import traceback
from contextlib import asynccontextmanager
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sandbox.ticket_systems.azure_devops import items as devops_items
from sandbox.ticket_systems.azure_devops.processes import KINDS, TASKS
from sandbox.ticket_systems.azure_devops.server import AzureDevOps
from shared.adapters.ticketing.document import utf16
from shared.adapters.ticketing.markup import without_joiners
from shared.adapters.tickets.azure_devops import Settings
from shared.adapters.tickets.azure_devops import item as items
from shared.core.errors import PermanentError, TransientError
from shared.core.tickets.ticket import PlanStep
from tests.contracts.azure_devops import SECRETS, SETTINGS, TOKEN, accepted, over
from tests.contracts.proxy import Fault
from tests.contracts.rig import ticket
from tests.fakes import NOW, FakeClock

PLAIN = {"organization": "contoso", "project": "Changes", "work_item_type": "User Story"}
HOSTILE = "<script>alert(1)</script> &amp; \x00\x07\u202e 𝔘 \ud800 \r\n'; DROP"

STEPS = (PlanStep("0a1b2c3d4e5f", "Ask", date(2026, 9, 1), "bob@contoso.example"),)


@asynccontextmanager
async def running(*, settings=None, accepts=accepted, **server):
    """The adapter's builder, the proxy before it, the server and its clock."""
    clock = FakeClock()
    devops = AzureDevOps(clock, accepts=accepts, **server)
    async with over(devops, clock, settings or PLAIN) as (build, proxy):
        yield build, proxy, devops, clock


def writes(proxy, since=0):
    """What was written: a query is a POST that only reads."""
    return [one for one in proxy.asked[since:] if one[0] != "GET" and not one[1].endswith("/wiql")]


# What the policy may say.


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"organization": "contoso/evil"}, "organization"),
        ({"organization": ""}, "organization"),
        ({"project": ""}, "project"),
        ({"work_item_type": ""}, "work_item_type"),
        ({"url": "http://devops.example"}, "https://"),
        ({"url": "https://u:p@devops.example"}, "https://"),
        ({"pat": "secret value"}, "pat"),
        ({"pats": "X"}, "pats"),
    ],
)
def test_settings_that_cannot_work_are_refused_with_the_reason(over, said):
    with pytest.raises(ValidationError, match=said):
        Settings(**(PLAIN | over))


# What is sent.


def test_a_new_work_item_is_one_patch_with_fields_links_and_what_there_is_to_tell():
    patch = items.creation(Settings(**PLAIN), ticket())

    by_path = {one["path"]: one["value"] for one in patch}
    assert all(one["op"] == "add" for one in patch)
    assert by_path["/fields/System.Title"] == ticket().title
    assert by_path["/fields/System.Tags"] == ticket().key
    assert by_path["/fields/System.Description"].startswith("<p>The old viewer is taken away.</p>")
    assert by_path["/fields/System.History"] == "<p>2026-08-30: Announced: Retirement of the old viewer</p>"
    assert by_path["/relations/-"] == {
        "rel": "Hyperlink",
        "url": ticket().links[0][1],
        "attributes": {"comment": "Message Center"},
    }
    assert len(patch) == 5


def test_risk_and_group_are_said_in_the_words_of_the_policy():
    values = {"risk": {"high": 1}, "group": {"Messaging": "Changes\\Mail"}}
    settings = Settings(**(PLAIN | {"values": values}))

    fields = items.wanted_fields(settings, ticket())
    other = items.wanted_fields(settings, ticket(risk="low", group="Other"))

    assert (fields["Microsoft.VSTS.Common.Priority"], fields["System.AreaPath"]) == (1, "Changes\\Mail")
    assert not {"Microsoft.VSTS.Common.Priority", "System.AreaPath"} & other.keys()


@pytest.mark.parametrize("text", ["x" * 300, "𝔘" * 300, HOSTILE * 9], ids=["x", "astral", "hostile"])
def test_a_title_is_one_line_that_azure_devops_takes_and_says_that_it_was_cut(text):
    title = items.wanted_fields(Settings(**PLAIN), ticket(title=text))["System.Title"]

    assert utf16(title) <= 255
    assert title.endswith("…")


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=400))
def test_whatever_a_post_says_is_taken_and_read_back_as_it_was(text):
    told = ticket(title=text, what=text, why=(text,), notes=(text,))
    settings = Settings(**PLAIN)
    there = devops_items.Item(1, KINDS["agile"], "Changes", {}).patched(items.creation(settings, told), NOW, "us")

    assert items.differences(items.wanted_fields(settings, told), there.as_json("http://x"), told) == []
    line = items.folded(items.line_of(text))
    said = [
        one
        for update in there.updates
        for one in items.lines(update["fields"].get("System.History", {}).get("newValue"))
    ]
    assert not line or line in said


# What a state means.


@pytest.mark.parametrize(
    ("name", "category", "ours"),
    [
        ("New", "Proposed", "new"),
        ("To Do", "Proposed", "new"),
        ("Proposed", "Proposed", "new"),
        ("Approved", "Proposed", "scheduled"),
        ("Active", "InProgress", "implement"),
        ("Committed", "InProgress", "implement"),
        ("Doing", "InProgress", "implement"),
        ("Resolved", "Resolved", "review"),
        ("Closed", "Completed", "closed"),
        ("Done", "Completed", "closed"),
        ("Removed", "Removed", "cancelled"),
        ("Parked for good", "Removed", "cancelled"),
        ("Waiting for the vendor", "InProgress", None),
        ("Waiting for the vendor", "", None),
        ("CAB", "InProgress", "authorize"),
    ],
)
def test_a_state_means_what_its_process_says_and_nothing_is_guessed(name, category, ours):
    assert items.state_of(Settings(**(PLAIN | {"states": {"cab": "authorize"}})), name, category) == ours


async def test_the_first_state_of_a_type_is_new_whatever_it_is_called():
    async with running(settings=PLAIN | {"work_item_type": "Issue"}, process="agile_issue") as (build, _, devops, _):
        opened = await build().open(ticket())

        assert (opened.remote_state, opened.state) == ("Active", "new")
        devops.move(opened.number, "Closed")
        assert (await build().states([opened.number]))[opened.number].state == "closed"


@pytest.mark.parametrize(
    ("process", "kind", "states", "end"),
    [
        ("agile", "User Story", {}, "cancelled"),
        ("scrum", "Product Backlog Item", {}, "cancelled"),
        ("basic", "Issue", {}, "new"),
        ("cmmi", "Change Request", {}, "new"),
        ("cmmi", "Change Request", {"Closed": "cancelled"}, "cancelled"),
    ],
)
async def test_each_process_cancels_what_it_can_and_else_asks_people_once(process, kind, states, end):
    settings = PLAIN | {"work_item_type": kind, "states": states}
    async with running(settings=settings, process=process) as (build, _, devops, _):
        port = build()
        opened = await port.open(ticket())

        for _ in range(2):
            after = await port.amend(opened, ticket(cancelled=True))

        by_hand = [line for line in devops.tickets[0].history if "cancel this ticket by hand" in line]
        assert after.state == end
        assert len(by_hand) == (end == "new")
        again = await port.amend(after, ticket(reopen=True, notes=("Microsoft goes on with this change",)))
        assert again.state == "new"
        assert again.closed_at is None


# What happens to a work item.


async def test_what_was_written_between_our_reading_and_our_writing_is_not_overwritten():
    async with running() as (build, _, devops, _):
        port = build()
        opened = await port.open(ticket())
        read = await port._read(opened.number)
        devops.move(opened.number, "Active")

        with pytest.raises(TransientError, match=r"412.*somebody else") as failed:
            await port._write(read, [items.move_to("Removed")])

        assert failed.value.retry_after == 5
        assert devops.tickets[0].state == "Active"


async def test_fields_state_and_note_of_a_cancellation_are_one_write():
    async with running() as (build, proxy, devops, _):
        port = build()
        opened = await port.open(ticket())
        since = len(proxy.asked)

        await port.amend(opened, ticket(title="MC1200001 (Cancelled) Retirement", cancelled=True, notes=("It is off",)))

        assert [method for method, _ in writes(proxy, since)] == ["PATCH"]
        (there,) = devops.tickets
        assert (there.title, there.state) == ("MC1200001 (Cancelled) Retirement", "Removed")
        assert {"It is off", "Microsoft will not make this change."} <= set(there.history)


async def test_a_move_that_a_rule_forbids_becomes_a_line_that_says_why():
    async with running() as (build, proxy, devops, _):
        port = build()
        opened = await port.open(ticket())
        refusal = '{"message": "TF401320: Rule Error for field Resolved Reason. Error code: Required."}'
        proxy.fail_next(Fault(400, {}, refusal), only=lambda method, _: method == "PATCH")

        after = await port.amend(opened, ticket(cancelled=True, notes=("It is off",)))

        assert after.state == "new"
        assert "It is off" in devops.tickets[0].history
        assert any("by hand" in line and "Resolved Reason" in line for line in devops.tickets[0].history)


async def test_tags_links_state_and_people_of_the_board_stay_and_our_tag_comes_back():
    async with running(settings=SETTINGS) as (build, _, devops, _):
        port = build()
        opened = await port.open(ticket())
        item = devops.boards.items[1]
        item.fields |= {"System.Tags": "board; M365", "System.AssignedTo": "Ana", "System.AreaPath": "Changes"}
        item.relations.append({"rel": "Hyperlink", "url": "https://board.example/", "attributes": {}})
        devops.move("1", "Active")

        await port.amend(opened, ticket(links=(*ticket().links, ("Roadmap 1", "https://roadmap.example/1"))))

        after = devops.boards.items[1]
        assert after.fields["System.Tags"] == f"board; {ticket().key}; M365"
        assert (after.fields["System.AssignedTo"], after.fields["System.AreaPath"]) == ("Ana", "Changes")
        assert after.fields["System.State"] == "Active"
        urls = [one["url"] for one in after.relations]
        assert urls == [ticket().links[0][1], "https://board.example/", "https://roadmap.example/1"]


async def test_nothing_is_written_where_nothing_differs_though_html_was_cleaned_on_its_way_in():
    async with running(settings=SETTINGS) as (build, proxy, devops, _):
        port = build()
        hostile = ticket(what="<b onclick=x>1 & 2</b>\n\n- a", test_plan="1 < 2 & 'x'\nThen.", notes=("a < b & 'c'",))
        opened = await port.open(hostile)
        since = len(proxy.asked)

        await port.amend(opened, hostile)

        assert writes(proxy, since) == []
        assert devops.boards.items[1].fields["Custom.TestPlan"].startswith("1 &lt; 2 &amp;")


async def test_a_tag_that_only_begins_like_ours_is_another_tickets():
    async with running() as (build, _, _, _):
        port = build()
        await port.open(ticket("MC1200001"))

        assert await port.find("foresignal-test-MC120000") is None
        assert (await port.find("FORESIGNAL-test-mc1200001")).number == "1"  # tags have no case there


async def test_a_key_with_a_comma_makes_a_tag_all_the_same():
    async with running() as (build, _, _, _):
        opened = await build().open(ticket(key="foresignal-a,b;c'd-MC1"))

        assert (await build().find("foresignal-a,b;c'd-MC1")).number == opened.number


async def test_what_has_ended_is_told_more_and_not_rewritten():
    async with running() as (build, _, devops, _):
        port = build()
        opened = await port.open(ticket())
        devops.move(opened.number, "Closed")

        await port.amend(opened, ticket(title="MC1200001 Another title", notes=("more",)))

        (there,) = devops.tickets
        assert there.title == ticket().title
        assert "more" in there.history


async def test_a_long_history_is_read_to_its_end():
    async with running() as (build, _, devops, _):
        port = build()
        opened = await port.open(ticket())
        for n in range(450):
            devops.boards.items[1] = devops.boards.items[1].patched(
                [{"op": "add", "path": "/fields/System.History", "value": f"<div>line {n}</div>"}], NOW, "Ana"
            )

        await build().amend(opened, ticket(notes=("line 449", "line 450")))

        history = devops.tickets[0].history
        assert [history.count("line 449"), history.count("line 450")] == [1, 1]


async def test_two_hundred_and_fifty_states_cost_two_calls():
    async with running() as (build, proxy, devops, _):
        port = build()
        await port.open(ticket())
        for n in range(2, 251):
            made = devops_items.Item(n, KINDS["agile"], "Changes", {})
            devops.boards.items[n] = made.patched(items.creation(Settings(**PLAIN), ticket(f"MC{n}")), NOW, "us")
        since = len(proxy.asked)

        assert len(await port.states([str(n) for n in range(1, 251)])) == 250
        assert len(proxy.asked) - since == 2


# What Azure DevOps does not take, and how it writes what it takes.


def stored(**fields):
    """A work item as an answer shows it; names with two underscores for dots."""
    return {"id": 1, "rev": 1, "fields": {name.replace("__", "."): what for name, what in fields.items()}}


@pytest.mark.parametrize(
    ("sent", "before", "after", "is_taken"),
    [
        ("Retirement", None, "Retirement", True),
        ("Retirement of  it ", None, "Retirement of it", True),
        ("high", "low", "High", True),
        ("new", "old", "old", False),
        ("new", None, None, False),
        ("new", "old", "a rule's own", False),
        ("<p>a &amp; b</p>", None, "<div>a &amp;&nbsp;b</div>", True),
        ("<p>a</p><p>b</p>", "<p>old</p>", "<div>a<br>b </div>", True),  # cleaned in its own way
        ("<p>a</p>", "<p>old</p>", "<p>old</p>", False),
        ("<p>a</p>", None, None, False),
        ("2026-10-01", None, "2026-10-01T00:00:00Z", True),
        ("2026-10-01", "2026-09-01T00:00:00Z", "2026-09-30T22:00:00Z", True),  # the day in another zone
        ("2026-10-02", "2026-10-01T12:00:00Z", "2026-10-01T12:00:00Z", False),
        ("2026-10-01", None, "2026-10-03T00:00:00Z", False),
        (2, 3, 2.0, True),
        (2, 3, "2", True),
        (2, 3, 3, False),
        ("ana@contoso.example", None, {"uniqueName": "Ana@contoso.example", "displayName": "Ana"}, True),
        ("ana@contoso.example", None, {"uniqueName": "bo@contoso.example", "displayName": "Bo"}, False),
        (None, "old", None, True),
        (None, "old", "old", False),
        (None, "<p>old</p>", "<div><br></div>", True),
    ],
)
def test_what_differs_only_in_how_it_is_written_is_taken(sent, before, after, is_taken):
    operation = {"op": "add", "path": "/fields/Custom.One", "value": sent}

    left = items.left_alone([operation], stored(Custom__One=before), stored(Custom__One=after))

    assert left == (() if is_taken else ("Custom.One",))


def test_tags_are_taken_in_any_order_and_case_and_those_of_others_may_stand_beside_them():
    operation = {"op": "add", "path": "/fields/System.Tags", "value": "ours; m365"}

    assert items.left_alone([operation], stored(), stored(System__Tags="board; M365; ours")) == ()
    assert items.left_alone([operation], stored(), stored(System__Tags="board; ours")) == ("System.Tags",)


async def test_an_area_that_a_rule_does_not_take_is_said_on_the_new_ticket_and_left_to_the_board():
    rules = devops_items.Rules(kept=frozenset({"System.AreaPath"}))
    async with running(settings=SETTINGS, rules=rules) as (build, proxy, devops, _):
        port = build()
        opened = await port.open(ticket())
        since = len(proxy.asked)

        after = await port.amend(opened, ticket())

        line = "Azure DevOps did not take System.AreaPath: please set that by hand, or let us (a rule there keeps it)."
        assert opened.not_taken == (line,)
        assert devops.tickets[0].history.count(line) == 1
        assert after.not_taken == ()
        assert writes(proxy, since) == []


async def test_a_reopening_that_does_not_stick_is_asked_of_people_once():
    rules = devops_items.Rules(left=frozenset({("Closed", "New")}))
    async with running(rules=rules) as (build, _, devops, _):
        port = build()
        opened = await port.open(ticket())
        devops.move(opened.number, "Closed")

        for _ in range(3):
            after = await port.amend(opened, ticket(reopen=True, notes=("it resumed",)))

        (line,) = after.not_taken
        assert after.state == "closed"
        assert line.startswith("The ticket has ended, and we may not open it again: please open it again")
        history = devops.tickets[0].history
        assert [sum("by hand" in told for told in history), history.count("it resumed")] == [1, 1]


async def test_a_move_that_a_rule_forbids_is_handed_back_with_what_the_rule_says():
    async with running() as (build, proxy, _, _):
        port = build()
        opened = await port.open(ticket())
        refusal = '{"message": "TF401320: Rule Error for field Resolved Reason. Error code: Required."}'
        proxy.fail_next(Fault(400, {}, refusal), only=lambda method, _: method == "PATCH")

        (line,) = (await port.amend(opened, ticket(cancelled=True))).not_taken

        assert line.startswith("Microsoft will not make this change. We may not cancel the ticket: please do (")
        assert "Resolved Reason" in line


# What people fill in.


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("added", ['<div><img src="https://x.example/1.png"></div>', "<div>Ours.</div>"])
async def test_whatever_somebody_adds_to_the_description_survives_moved_dates(added, turned):
    async with running(settings=SETTINGS) as (build, _, devops, _):
        port = build()
        opened = await port.open(ticket())
        if turned:
            devops.convert("1", "System.Description")
            added = "\n\n![shot](https://x.example/1.png)" if "img" in added else "\n\nOurs."
        text = devops.boards.items[1].fields["System.Description"] + added
        devops.fill_in("1", "System.Description", text)

        moved = ticket(what="It goes later.", planned_start=date(2026, 11, 2))
        again = await port.amend(await port.amend(opened, moved), ticket())
        await port.amend(again, moved)

        after = devops.boards.items[1].fields
        assert after["Microsoft.VSTS.Scheduling.StartDate"] == "2026-11-02T00:00:00Z"
        assert "x.example/1.png" in after["System.Description"] or "Ours." in after["System.Description"]


async def test_what_we_wrote_is_known_after_a_work_item_that_ended_was_only_told():
    async with running(settings=SETTINGS) as (build, _, devops, _):
        port = build()
        opened = await port.open(ticket())
        devops.move("1", "Closed")

        told = await port.amend(opened, ticket(what="Later.", notes=("news",)))

        assert told.written == opened.written != {}


# Who is assigned.


async def test_who_answers_for_the_team_is_assigned_once():
    async with running() as (build, _, devops, _):
        port = build()
        opened = await port.open(ticket())
        fields = devops.boards.items[1].fields
        assert fields["System.AssignedTo"]["uniqueName"] == "ana@contoso.example"

        devops.fill_in("1", "System.AssignedTo", "sam@contoso.example")
        await port.amend(opened, ticket(what="Later."))

        assert devops.boards.items[1].fields["System.AssignedTo"]["uniqueName"] == "sam@contoso.example"


async def test_who_is_not_known_there_is_said_and_fails_no_filing():
    async with running() as (build, _, devops, _):
        opened = await build().open(ticket(assigned_to="bob@contoso.example", notes=("news",)))

        (item,) = devops.boards.items.values()
        assert "System.AssignedTo" not in item.fields
        assert item.history[0] == "news"
        said = "bob@contoso.example could not be assigned here, so nobody is assigned yet (The identity value"
        assert without_joiners(item.history[1]).startswith(said)
        assert opened.not_taken == ()


async def test_who_is_not_known_there_is_not_tried_again_at_once_and_said_all_the_same():
    async with running() as (build, _, devops, _):
        port = build()
        for change in ("MC1200001", "MC1200002"):
            await port.open(ticket(change, assigned_to="bob@contoso.example", notes=("news",)))

        first, second = devops.boards.items.values()
        assert first.history[1] == second.history[1]


async def test_another_fault_of_a_new_work_item_fails_as_ever():
    async with running(settings=PLAIN | {"fields": {"Custom.Nothing": "x"}}) as (build, _, devops, _):
        with pytest.raises(PermanentError, match=r"Cannot find field Custom\.Nothing"):
            await build().open(ticket())
        assert not devops.boards.items


# Tasks.


async def test_a_task_has_its_day_its_owner_its_area_and_a_tag_that_is_not_the_tickets():
    async with running(settings=SETTINGS) as (build, _, devops, _):
        port = build()
        await port.open(ticket(has_tasks=True))

        first, second = devops.boards.children(1)
        assert first.fields["System.Tags"] == "foresignal-step-a1b2c3d4e5f6"
        assert first.fields["Microsoft.VSTS.Scheduling.FinishDate"] == "2026-09-01T00:00:00Z"
        assert first.fields["System.AssignedTo"]["uniqueName"] == "ana@contoso.example"
        assert first.fields["System.AreaPath"] == "Changes\\Messaging"
        assert "Microsoft.VSTS.Scheduling.FinishDate" not in second.fields
        assert devops.tickets[0].fields["Tasks"] == ["2 Tell the users (New)", "3 Install the new viewer (New)"]
        shown = port.preview(ticket(has_tasks=True)).fields
        assert shown["Task"] == ["Tell the users", "Install the new viewer"]
        assert shown["System.AssignedTo"] == "ana@contoso.example"


async def test_a_task_is_never_taken_for_the_ticket_and_one_that_is_closed_closes_nothing():
    async with running(settings=SETTINGS) as (build, _, devops, _):
        port = build()
        opened = await port.open(ticket(has_tasks=True))
        for number in ("2", "3"):
            devops.move(number, "Closed")

        seen = (await port.states([opened.number]))[opened.number]
        assert (seen.state, seen.closed_at) == ("new", None)
        assert (await build().find(ticket().key)).number == "1"
        again = await port.amend(
            opened, ticket(has_tasks=True, what="Later.", notes=("more",))
        )  # over the new revision
        assert again.tasks == opened.tasks
        devops.delete("1")
        assert await build().find(ticket().key) is None


@pytest.mark.parametrize(("process", "kind"), [("scrum", "Product Backlog Item"), ("basic", "Issue")])
async def test_a_task_whose_type_has_no_day_goes_without(process, kind):
    settings = PLAIN | {"work_item_type": kind}
    async with running(settings=settings, process=process) as (build, _, devops, _):
        opened = await build().open(ticket(has_tasks=True, assigned_to="", steps=STEPS))

        (task,) = devops.boards.children(1)
        assert "System.AssignedTo" not in task.fields
        assert opened.not_taken == ()
        assert opened.tasks == ("0a1b2c3d4e5f",)


async def test_a_project_without_tasks_keeps_the_ticket_and_asks_people():
    async with running() as (build, _, devops, _):
        devops.boards.task = None
        opened = await build().open(ticket(has_tasks=True))

        (line,) = opened.not_taken
        assert line.startswith("Azure DevOps did not take the tasks of the plan: please add them by hand, or let us")
        assert line.endswith("(project Changes has no work item type Task)")
        devops.boards.task = TASKS["agile"]
        assert (await build().amend(opened, ticket(has_tasks=True))).not_taken == ()


# Fields that a person turned into Markdown.


async def test_a_description_that_a_person_turned_into_markdown_is_written_as_markdown_and_never_turned_back():
    async with running(settings=SETTINGS) as (build, proxy, devops, _):
        port = build()
        opened = await port.open(ticket(test_plan="1. Try <it> & see"))
        devops.convert("1", "System.Description")
        devops.convert("1", "Custom.TestPlan")
        since = len(proxy.asked)

        await port.amend(opened, ticket(test_plan="1. Try <it> & see"))

        assert writes(proxy, since) == []  # it says the same, in other marks

        moved = ticket(what='It *goes* "away" & <b>now</b>.', test_plan="1. Try\n- twice")
        after = await port.amend(opened, moved)

        item = devops.boards.items[1]
        assert after.not_taken == ()
        assert item.formats == {"System.Description": "markdown", "Custom.TestPlan": "markdown"}
        description = item.fields["System.Description"]
        assert description.startswith(r"It \*goes\* &quot;away&quot; &amp; &lt;b&gt;now&lt;/b&gt;.")
        assert "\n\n### For whom\n\n" in description
        assert "\n- Services: Exchange Online\n" in description
        assert item.fields["Custom.TestPlan"] == "1\\. Try  \n\\- twice"
        since = len(proxy.asked)
        await port.amend(opened, moved)
        assert writes(proxy, since) == []


async def test_notes_are_html_as_ever_where_the_description_is_markdown():
    async with running() as (build, _, devops, _):
        port = build()
        opened = await port.open(ticket())
        devops.convert("1", "System.Description")

        for _ in range(2):
            await port.amend(opened, ticket(what="New words.", notes=("*it* moved & <b>more</b>",)))

        assert devops.tickets[0].history.count("*it* moved & <b>more</b>") == 1


async def test_a_server_of_ones_own_says_nothing_of_formats_and_is_sent_none():
    async with running(settings=SETTINGS, markdown=False) as (build, _, devops, _):
        port = build()
        opened = await port.open(ticket())

        after = await port.amend(opened, ticket(what="New words."))

        assert after.not_taken == ()
        assert devops.boards.items[1].fields["System.Description"].startswith("<p>New words.</p>")


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=400))
def test_whatever_a_post_says_is_taken_as_markdown_and_read_back_as_it_was(text):
    told = ticket(what=text, why=(text,), test_plan=text)
    settings = Settings(**PLAIN, fields={"Custom.TestPlan": "{{ test_plan }}"})
    html_fields = devops_items.Item(1, KINDS["agile"], "Changes", {}).patched(
        items.creation(settings, ticket(what="Before.", test_plan="Before."), {"Custom.TestPlan"}), NOW, "us"
    )
    turned = ("System.Description", "Custom.TestPlan")
    html_fields.formats = dict.fromkeys(turned, "markdown")
    should = items.wanted_fields(settings, told, (), turned)
    patch = items.differences(should, html_fields.as_json("http://x"), told)
    there = html_fields.patched(patch, NOW, "us")

    assert items.left_alone(patch, html_fields.as_json("http://x"), there.as_json("http://x")) == ()
    assert items.differences(should, there.as_json("http://x"), told) == []
    assert not any("<" in str(should[name]) for name in turned)


# Signing in.


async def test_a_personal_access_token_works_as_well():
    async with running(settings=PLAIN | {"pat": "DEVOPS_PAT"}) as (build, _, devops, _):
        await build().open(ticket())

        assert len(devops.tickets) == 1


@pytest.mark.parametrize("status", [203, 302, 401])
async def test_a_page_to_sign_in_is_no_answer(status):
    async with running() as (build, proxy, _, _):
        port = build()
        opened = await port.open(ticket())
        page = Fault(
            status, {"Content-Type": "text/html", "Location": "https://login.example/"}, "<html>Sign In</html>"
        )
        for call in (port.find(ticket("MC1").key), port.open(ticket("MC2")), port.states([opened.number]), port.ping()):
            proxy.fail_next(page)
            with pytest.raises(PermanentError, match=f"{status}.*add our managed identity to the organisation contoso"):
                await call


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "add our managed identity.*Users.*Basic"),
        ({"pat": "DEVOPS_OLD"}, "token in the secret DEVOPS_OLD has run out"),
    ],
)
async def test_who_is_not_known_is_told_what_to_do(settings, said, monkeypatch):
    monkeypatch.setitem(SECRETS, "DEVOPS_OLD", "old-pat")
    async with running(settings=PLAIN | settings, accepts=lambda _: False) as (build, _, _, _):
        with pytest.raises(PermanentError, match=said) as failed:
            await build().open(ticket())

        assert not any(secret in str(failed.value) for secret in (TOKEN, *SECRETS.values()))


@pytest.mark.parametrize("odd", ["to\nken", "tökén", "to ken", ""])
async def test_a_secret_that_holds_no_token_is_said_to_and_never_shown(odd, monkeypatch):
    monkeypatch.setitem(SECRETS, "ODD", odd)
    async with running(settings=PLAIN | {"pat": "ODD"}) as (build, _, _, _):
        with pytest.raises(PermanentError, match="ODD") as failed:
            await build().open(ticket())

    assert not odd or odd not in "".join(traceback.format_exception(failed.value))


# What is missing.


@pytest.mark.parametrize(
    ("right", "said"),
    [
        ("write", r"lacks in project Changes: edit work items in this node"),
        ("tags", "create tag definitions .*Basic"),
        ("read", "no project 'Changes', or Foresignal may not see it"),
    ],
)
async def test_ping_says_which_permission_is_missing_and_changes_nothing(right, said):
    async with running() as (build, _, devops, _):
        devops.rights.discard(right)

        with pytest.raises(PermanentError, match=said):
            await build().ping()

        assert devops.tickets == []


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"project": "Nothing"}, "no project 'Nothing'"),
        ({"work_item_type": "Change"}, r"no work item type 'Change' \(it has: Task, User Story\)"),
        ({"fields": {"Custom.Nothing": "x"}}, "not taken: TF51535: Cannot find field Custom.Nothing"),
        ({"fields": {"Microsoft.VSTS.Common.Risk": "{{ risk }}"}}, "not taken: TF401320.*Risk"),
        ({"values": {"group": {"Messaging": "Changes\\Nowhere"}}}, "TF401347.*System.AreaPath"),
        ({"organization": "fabrikam"}, "404"),
    ],
)
async def test_ping_says_what_in_the_settings_does_not_fit(over, said):
    async with running(settings=PLAIN | over) as (build, _, devops, _):
        with pytest.raises(PermanentError, match=said):
            await build().ping()

        assert devops.tickets == []


async def test_ping_names_the_states_whose_meaning_nobody_has_said():
    async with running() as (build, _, _, _):
        said = await build().ping()
    async with running(settings=PLAIN | {"states": {"Waiting for the vendor": "implement"}}) as (build, _, _, _):
        told = await build().ping()

    assert "as Foresignal: project Changes, type User Story; say under `states`" in said
    assert said.endswith("mean: Waiting for the vendor")
    assert "`states`" not in told


async def test_a_work_item_that_we_only_lost_sight_of_is_not_made_twice():
    async with running() as (build, _, devops, _):
        port = build()
        opened = await port.open(ticket())
        devops.rights.discard("read")

        with pytest.raises(PermanentError, match="may not see"):
            await port.amend(opened, ticket())

        assert len(devops.tickets) == 1
