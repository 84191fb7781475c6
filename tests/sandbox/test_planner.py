"""Planner as the Message Center sync fills it: shapes, courses over time, scripts."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.errors import SandboxError
from sandbox.microsoft365 import synced
from sandbox.microsoft365.courses import read_script
from sandbox.microsoft365.feed import Feed
from sandbox.microsoft365.history import Line
from sandbox.microsoft365.planner import Planner, plan_id
from sandbox.microsoft365.writing import RefusedWriteError

START = datetime(2026, 9, 1, 8, tzinfo=UTC)
TENANTS = ("contoso", "fabrikam")
SAMPLES = Path(__file__).parents[2] / "sandbox" / "samples"
TASK = {
    *("@odata.etag", "id", "planId", "bucketId", "title", "orderHint", "assigneePriority", "percentComplete"),
    *("startDateTime", "createdDateTime", "dueDateTime", "hasDescription", "previewType", "completedDateTime"),
    *("completedBy", "referenceCount", "checklistItemCount", "activeChecklistItemCount", "conversationThreadId"),
    *("priority", "createdBy", "appliedCategories", "assignments"),
}


def post(number=1000001, published=START, **named):
    return {
        "startDateTime": f"{published:%Y-%m-%dT%H:%M:%SZ}",
        "lastModifiedDateTime": "2026-09-05T10:00:00.250Z",
        "title": "A setting moves",
        "id": f"MC{number}",
        "category": "planForChange",
        "tags": ["Admin impact", "User impact"],
        "isMajorChange": False,
        "actionRequiredByDateTime": "2026-10-15T07:00:00Z",
        "services": ["Exchange Online", "Microsoft Teams"],
        "details": [
            {"name": "ExternalLink", "value": "https://learn.example.com/a#b"},
            {"name": "RoadmapIds", "value": "91000, 91001"},
            {"name": "BlogLink", "value": "javascript:alert(1)"},
        ],
        "body": {
            "contentType": "html",
            "content": "<p>We <b>m</b>ove it.</p><script>x()</script><ul><li>On Monday</li></ul>",
        },
    } | named


def scripted(*entries, posts=None, tenant="contoso"):
    lines = [Line(START, TENANTS, found["id"], found) for found in posts or [post()]]
    return Planner(Feed(lines), START, {tenant: list(entries)})


def entry(made=1.0, assigned=None, started=None, completed=None, **named):
    hours = {"made": made, "assigned": assigned, "started": started, "completed": completed}
    return {"post": "MC1000001", "assignee": "Ada"} | {f"{step}_after_hours": at for step, at in hours.items()} | named


def at(hours):
    return START + timedelta(hours=hours)


@pytest.fixture(scope="module")
def invented():
    posts = [post(1000000 + n, START - timedelta(hours=n * 8)) for n in range(600)]  # 200 days
    return Planner(Feed([Line(datetime.min.replace(tzinfo=UTC), None, p["id"], p) for p in posts], TENANTS), START)


def test_a_task_goes_through_its_course_and_its_etag_grows_with_each_step():
    planner = scripted(entry(1, 3, 5, 9))
    assert planner.tasks("contoso", at(0.9)) == []
    stages = [planner.tasks("contoso", at(hours))[0] for hours in (1, 3, 5, 9)]
    assert [task["percentComplete"] for task in stages] == [0, 0, 50, 100]
    assert [len(task["assignments"]) for task in stages] == [0, 1, 1, 1]
    assert [bool(task["completedDateTime"]) for task in stages] == [False, False, False, True]
    etags = [task["@odata.etag"] for task in stages]
    assert etags == sorted(set(etags))
    assert planner.tasks("contoso", at(100))[0]["@odata.etag"] == etags[-1]
    assert {task["id"] for task in stages} == {stages[0]["id"]}


@given(st.integers(1, 62))
def test_a_later_etag_is_the_greater_text(version):
    from sandbox.microsoft365.planner import _etag

    for kind in ("'1-Task  ", "'1-TaskDetails "):
        assert _etag(kind, version) < _etag(kind, version + 1)
    assert base64.b64decode(_etag("'1-Task  ", version)[3:-1]).startswith(b"'1-Task  @@@")


def test_a_task_has_the_properties_of_a_planner_task_and_no_others():
    task = scripted(entry(1, 2, 3, 4)).tasks("contoso", at(10))[0]
    assert set(task) == TASK
    assert len(task["id"]) == len(task["planId"]) == len(task["bucketId"]) == 28
    assert task["planId"] == plan_id("contoso")
    assert task["createdDateTime"] == "2026-09-01T09:00:00.0000007Z"
    (person,) = task["assignments"]
    assert task["completedBy"] == {"user": {"id": person}}
    assert task["assignments"][person]["@odata.type"] == "#microsoft.graph.plannerAssignment"
    assert task["dueDateTime"] == "2026-10-15T07:00:00Z"
    assert task["title"] == "[Exchange Online] A setting moves [MC1000001]"


def test_the_due_date_is_the_act_by_date_or_nothing():
    assert (
        scripted(entry(), posts=[post(actionRequiredByDateTime=None)]).tasks("contoso", at(2))[0]["dueDateTime"] is None
    )


def test_a_long_title_loses_its_id_at_the_end():
    task = scripted(entry(), posts=[post(title="Long " * 60)]).tasks("contoso", at(2))[0]
    assert len(task["title"]) == 255
    assert "MC1000001" not in task["title"]


def test_the_details_hold_the_header_block_the_text_and_the_links():
    planner = scripted(entry())
    task = planner.tasks("contoso", at(2))[0]
    details = planner.details(task["id"], at(2))
    assert details["description"] == (
        "Message ID: MC1000001\nPublished date: 9/1/2026\nCategory: Plan for change\nTags: Admin impact, User impact\n"
        "\nWe move it.\nOn Monday"
    )
    (key,) = details["references"]
    assert key == "https%3A//learn%2Eexample%2Ecom/a%23b"
    assert details["references"][key]["alias"] == "ExternalLink"
    assert task["referenceCount"] == 1
    assert planner.details(task["id"], at(0)) is None


def test_an_updated_major_post_says_so_in_its_header():
    text = synced.description(post(isMajorChange=True, tags=["Updated message"], category="stayInformed"))
    assert "Last updated date: 9/5/2026\nCategory: Stay informed\nTags: Major update, Updated message\n" in text


def test_a_post_with_hardly_anything_in_it_still_makes_a_task():
    bare = {"id": "MC5", "startDateTime": "2026-09-01T08:00:00Z", "lastModifiedDateTime": "2026-09-01T08:00:00Z"}
    assert synced.title(bare) == "[General announcement]  [MC5]"
    assert synced.description(bare).startswith("Message ID: MC5\nPublished date: 9/1/2026\nCategory: \n\n")
    assert synced.references(bare) == {}


def test_later_edits_of_the_post_do_not_reach_the_task():
    planner = scripted(entry(1))
    before = planner.tasks("contoso", at(1))[0]
    planner._feed.edit(None, "MC1000001", {"title": "Another"}, at(5))
    assert planner.tasks("contoso", at(6))[0] == before


def test_a_task_outlives_its_post():
    planner = scripted(entry(1))
    planner._feed.withdraw(None, "MC1000001", at(5))
    assert len(planner.tasks("contoso", at(6))) == 1


def test_a_script_can_give_two_tasks_to_a_post_a_title_and_a_task_to_no_post():
    planner = scripted(entry(1), entry(2, title="Only words"), entry(3, post="MC1999998"))
    tasks = planner.tasks("contoso", at(10))
    assert [task["title"] for task in tasks][:2] == ["[Exchange Online] A setting moves [MC1000001]", "Only words"]
    assert "MC1999998" in tasks[2]["title"]
    assert "Message ID: MC1999998" in planner.details(tasks[2]["id"], at(10))["description"]
    assert len({task["id"] for task in tasks}) == 3
    assert planner.tasks("fabrikam", at(10)) == []


def test_a_bad_script_is_named(tmp_path):
    path = tmp_path / "tasks.json"
    for bad in (
        "{",
        "[]",
        '{"contoso": [{"post": "MC1"}]}',
        '{"contoso": [{"made_after_hours": 1}]}',
        '{"contoso": 5}',
    ):
        path.write_text(bad)
        with pytest.raises(SandboxError, match=re.escape(str(path))):
            read_script(path)
    with pytest.raises(SandboxError, match="cannot be read"):
        read_script(tmp_path / "none.json")


def test_without_a_script_a_third_of_the_recent_posts_have_tasks_in_every_state(invented):
    tasks = invented.tasks("contoso", START)
    assert 90 <= len(tasks) <= 150  # of 360 posts of 120 days
    oldest = min(task["createdDateTime"] for task in tasks)
    assert oldest >= f"{START - timedelta(days=120):%Y-%m-%d}"
    states = [task["percentComplete"] for task in tasks]
    assert min(states.count(0), states.count(50)) >= 10
    assert states.count(100) >= 40
    untitled = [task for task in tasks if "[MC" not in task["title"]]
    assert 3 <= len(untitled) <= 25
    assert all("Message ID: MC" in invented.details(task["id"], START)["description"] for task in untitled)


def test_the_same_posts_always_get_the_same_tasks_and_tenants_differ(invented):
    again = Planner(invented._feed, START)
    assert again.tasks("contoso", START) == invented.tasks("contoso", START)
    mine, other = ({task["id"] for task in invented.tasks(tenant, START)} for tenant in TENANTS)
    assert not mine & other
    assert invented.tenant_of_task(mine.pop()) == "contoso"
    assert invented.tenant_of_plan(plan_id("fabrikam")) == "fabrikam"


def test_tasks_of_posts_that_come_later_come_later(invented):
    feed = Feed([Line(START, None, "MC1", post(1))], TENANTS)
    planner = Planner(feed, START)
    planner.tasks("contoso", START)
    for number in range(2000000, 2000030):
        feed.publish(None, post(number, at(24)), at(24))
    known = planner.tasks("contoso", at(24))
    assert len(known) <= 1
    assert len(planner.tasks("contoso", at(48))) > len(known) + 3


@pytest.mark.skipif(not (SAMPLES / "tasks.json").exists(), reason="no sample organisation yet")
def test_every_task_of_the_sample_organisations_is_made_within_their_story():
    feed = Feed.from_file(SAMPLES / "history.jsonl")
    script = read_script(SAMPLES / "tasks.json")
    planner = Planner(feed, datetime(2026, 8, 24, 6, tzinfo=UTC), script)
    end = datetime(2026, 10, 17, tzinfo=UTC)
    for tenant in feed.tenants:
        tasks = planner.tasks(tenant, end)
        assert len(tasks) == len(script[tenant])
        done = sum(entry["completed_after_hours"] is not None for entry in script[tenant])
        assert sum(task["percentComplete"] == 100 for task in tasks) == done
        assert json.dumps([planner.details(task["id"], end) for task in tasks])


# What is written.

ADA, BEN = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"
ASSIGNMENT = {"@odata.type": "#microsoft.graph.plannerAssignment", "orderHint": " !"}
REFERENCE = {"@odata.type": "microsoft.graph.plannerExternalReference", "alias": "A page", "type": "Other"}
ITEM = {"@odata.type": "microsoft.graph.plannerChecklistItem", "title": "A step"}


def one(planner, hours=2):
    (task,) = planner.tasks("contoso", at(hours))
    return task


def refused(write, *args):
    with pytest.raises(RefusedWriteError) as caught:
        write(*args)
    return caught.value.status, caught.value.code


@given(st.integers(0, 13**4), st.integers(0, 13**4))
def test_of_any_two_etags_the_later_is_the_greater_text(one_version, other):
    from sandbox.microsoft365.planner import _etag

    for kind in ("'1-Task  ", "'1-TaskDetails "):
        assert (_etag(kind, one_version) < _etag(kind, other)) == (one_version < other)


def test_what_is_written_stands_there_and_the_rest_plays_on():
    planner = scripted(entry(1, 3, 5, 9))
    task = one(planner)

    after = planner.write("task", task["id"], {"dueDateTime": "2026-11-01T10:00:00Z"}, task["@odata.etag"], at(2))

    assert after["dueDateTime"] == "2026-11-01T10:00:00Z"
    assert after["@odata.etag"] > task["@odata.etag"]
    later = one(planner, 20)
    assert (later["dueDateTime"], later["percentComplete"]) == ("2026-11-01T10:00:00Z", 100)
    assert later["@odata.etag"] > after["@odata.etag"]
    assert set(later) == TASK


def test_a_write_names_its_version_and_an_older_one_is_taken_where_nothing_conflicts():
    planner = scripted(entry(1))
    task = one(planner)
    name, etag = task["id"], task["@odata.etag"]
    planner.edit(name, at(2), dueDateTime="2026-11-01T10:00:00Z")

    assert refused(planner.write, "task", name, {"dueDateTime": None}, "", at(2)) == (400, "")
    assert refused(planner.write, "task", name, {"dueDateTime": None}, 'W/"other"', at(2)) == (412, "")
    assert refused(planner.write, "task", name, {"dueDateTime": None}, etag, at(2)) == (409, "")
    assert planner.write("task", name, {"percentComplete": 50}, etag, at(2))["dueDateTime"] == "2026-11-01T10:00:00Z"


def test_a_step_of_the_course_conflicts_as_any_other_write():
    planner = scripted(entry(1, started=5))
    task = one(planner)
    assert refused(planner.write, "task", task["id"], {"percentComplete": 100}, task["@odata.etag"], at(6)) == (409, "")


def test_task_and_details_have_versions_of_their_own_and_counts_are_the_tasks():
    planner = scripted(entry(1))
    task = one(planner)
    details = planner.details(task["id"], at(2))
    key = "https%3A//foresignal%2Eexample/changes/MC1000001"

    body = {"references": {key: REFERENCE}, "checklist": {ADA: ITEM}}
    after = planner.write("details", task["id"], body, details["@odata.etag"], at(2))

    assert after["@odata.etag"] > details["@odata.etag"]
    assert after["references"][key]["alias"] == "A page"
    assert after["checklist"][ADA]["isChecked"] is False
    now = one(planner)
    assert (now["referenceCount"], now["checklistItemCount"]) == (task["referenceCount"] + 1, 1)
    assert now["@odata.etag"] > task["@odata.etag"]
    gone = planner.edit_details(task["id"], at(2), references={key: None}, checklist={ADA: None})
    assert key not in gone["references"]
    assert gone["checklist"] == {}


def test_people_are_assigned_and_taken_away_key_by_key():
    planner = scripted(entry(1))
    name = one(planner)["id"]
    planner.edit(name, at(2), assignments={ADA: ASSIGNMENT})
    planner.edit(name, at(2), assignments={BEN: ASSIGNMENT})
    assert set(one(planner)["assignments"]) == {ADA, BEN}
    planner.edit(name, at(2), assignments={ADA: None})
    assert set(one(planner)["assignments"]) == {BEN}


def test_done_and_open_again_is_dated_by_planner_itself():
    planner = scripted(entry(1))
    name = one(planner)["id"]
    done = planner.edit(name, at(3), "ana", percentComplete=100)
    assert (done["completedDateTime"], bool(done["completedBy"]["user"]["id"])) == (
        "2026-09-01T11:00:00.0000007Z",
        True,
    )
    assert planner.edit(name, at(4), percentComplete=100)["completedDateTime"] == done["completedDateTime"]
    again = planner.edit(name, at(4), percentComplete=50)
    assert (again["completedDateTime"], again["completedBy"]) == (None, None)


@pytest.mark.parametrize(
    ("part", "body", "answer"),
    [
        ("task", {"completedDateTime": None}, (400, "")),
        ("task", {"percentComplete": 101}, (400, "")),
        ("task", {"percentComplete": True}, (400, "")),
        ("task", {"dueDateTime": "2026-11-01"}, (400, "")),
        ("task", {"title": ""}, (400, "")),
        ("task", {"assignments": {"group:team": ASSIGNMENT}}, (400, "")),
        ("task", {"assignments": {ADA: {"orderHint": " !"}}}, (400, "")),
        ("task", {"references": {}}, (400, "")),
        ("task", [], (400, "")),
        ("details", {"references": {"https://raw.example/": REFERENCE}}, (400, "")),
        ("details", {"references": {"https%3A//a%2Eexample/": {"alias": "x"}}}, (400, "")),
        ("details", {"checklist": {ADA: ITEM | {"title": "x" * 101}}}, (400, "")),
        ("details", {"references": {f"x{n}": REFERENCE for n in range(11)}}, (403, "MaximumReferencesOnTask")),
        ("details", {"checklist": {f"x{n}": ITEM for n in range(21)}}, (403, "MaximumChecklistItemsOnTask")),
    ],
)
def test_what_planner_does_not_take_changes_nothing(part, body, answer):
    planner = scripted(entry(1))
    name = one(planner)["id"]
    read = planner.task if part == "task" else planner.details
    before = read(name, at(2))

    assert refused(planner.write, part, name, body, before["@odata.etag"], at(2)) == answer

    assert read(name, at(2)) == before


def test_a_task_is_deleted_and_imported_again_as_another_one():
    planner = scripted(entry(1, 3))
    task = one(planner)
    assert refused(planner.delete, task["id"], "", at(2)) == (400, "")

    planner.delete(task["id"], task["@odata.etag"], at(2))
    assert planner.tasks("contoso", at(2)) == []
    assert planner.task(task["id"], at(2)) is None
    assert refused(planner.write, "task", task["id"], {"priority": 1}, task["@odata.etag"], at(2)) == (404, "")

    name = planner.import_again(task["id"], at(4))
    again = one(planner, 4)
    assert again["id"] == name != task["id"]
    assert (again["title"], again["assignments"]) == (task["title"], {})


def test_a_planner_that_is_started_again_knows_what_was_written(tmp_path):
    def begun():
        lines = [Line(START, TENANTS, "MC1000001", post())]
        return Planner(Feed(lines), START, {"contoso": [entry(1)]}, tmp_path / "planner.json")

    planner = begun()
    first = one(planner)
    planner.edit(first["id"], at(2), dueDateTime=None, assignments={ADA: ASSIGNMENT})
    copied = planner.import_again(first["id"], at(2))

    again = begun()
    assert again.tasks("contoso", at(3)) == planner.tasks("contoso", at(3))
    assert {task["id"] for task in again.tasks("contoso", at(3))} == {first["id"], copied}
