"""The sample posts: whole, in order, with every awkward case that README.md names, and every word our own."""

import gzip
import html
import json
import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sandbox.samples import build
from shared.core.posts.post import Post, read_post
from shared.core.times import when

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sandbox" / "samples"
REAL = ROOT.parent / "shared" / "data" / "messages.jsonl.gz"
TENANTS = {"contoso", "fabrikam"}
STORY_ENDS = datetime(2026, 10, 17, tzinfo=UTC)

Line = dict[str, Any]


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    return [json.loads(line) for line in (SAMPLES / "history.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def states(lines: list[Line]) -> dict[str, list[Post]]:
    """Every state of each post, in order."""
    found: dict[str, list[Post]] = defaultdict(list)
    for line in lines:
        if "post" in line:
            post = read_post(line["post"])
            found[post.id].append(post)
    return found


@pytest.fixture(scope="module")
def readers(lines: list[Line]) -> dict[str, set[str]]:
    """The tenants in which each post was ever seen."""
    found: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        if "post" in line:
            found[line["post"]["id"]].update(line["tenants"])
    return found


@pytest.fixture(scope="module")
def tasks() -> dict[str, list[Line]]:
    return json.loads((SAMPLES / "tasks.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def cases() -> dict[str, list[str]]:
    """The table of README.md: case to ids."""
    rows = re.findall(
        r"^\| (.+?) \| (MC[\dMC ]+) \|$", (SAMPLES / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    return {case: ids.split() for case, ids in rows}


def text(body: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", " ", body))


def without_services(post: Line) -> Line:
    return {name: value for name, value in post.items() if name != "services"}


# The file ------------------------------------------------------------------------------------------------------------


def test_the_history_in_git_is_what_the_sources_make() -> None:
    assert (SAMPLES / "history.jsonl").read_text(encoding="utf-8") == build.build()


def test_every_line_is_a_readable_post_or_says_which_one_is_gone(lines: list[Line]) -> None:
    for line in lines:
        assert set(line) in ({"observed", "tenants", "post"}, {"observed", "tenants", "gone"})
        assert line["tenants"]
        assert set(line["tenants"]) <= TENANTS
        if "post" in line:
            post = read_post(line["post"])
            assert post.title
            assert len(post.title) <= 120, post.title
            assert post.start
            assert post.end
            assert post.services, post.id
            assert post.category in {"planForChange", "stayInformed", "preventOrFixIssue"}
            assert 1900001 <= int(post.id[2:]) <= 1999999


def test_every_post_has_the_fields_of_graph_and_no_others(lines: list[Line]) -> None:
    fields = {
        *("startDateTime", "endDateTime", "lastModifiedDateTime", "title", "id", "category", "severity", "tags"),
        *("isMajorChange", "actionRequiredByDateTime", "services", "hasAttachments", "viewPoint", "details", "body"),
    }
    for line in lines:
        if "post" in line:
            assert set(line["post"]) == fields
            assert set(line["post"]["body"]) == {"contentType", "content"}
            assert all(set(detail) == {"name", "value"} for detail in line["post"]["details"])


def test_lines_are_in_order_and_within_the_eight_weeks(lines: list[Line]) -> None:
    moments = [when(line["observed"]) for line in lines]
    assert moments == sorted(moments)
    assert moments[0] == build.FIRST_LOOK
    assert moments[-1] < STORY_ENDS


def test_nobody_sees_a_post_before_it_is_written(lines: list[Line]) -> None:
    for line in lines:
        if "post" in line:
            post = read_post(line["post"])
            assert post.start <= post.modified <= when(line["observed"]), post.id


def test_a_post_never_grows_older(states: dict[str, list[Post]]) -> None:
    for versions in states.values():
        assert all(before.modified <= after.modified for before, after in pairwise(versions))
        assert len({version.start for version in versions}) == 1


def test_what_is_gone_was_there_and_does_not_come_back(lines: list[Line]) -> None:
    feed: dict[str, set[str]] = {tenant: set() for tenant in TENANTS}
    gone = 0
    for line in lines:
        for tenant in line["tenants"]:
            if "gone" in line:
                feed[tenant].remove(line["gone"])
                gone += 1
            else:
                feed[tenant].add(line["post"]["id"])
    assert gone == 5
    assert len({line["gone"] for line in lines if "gone" in line}) == 3
    assert all(line.get("post", {}).get("id") != "MC1961355" for line in lines if line["observed"] > "2026-09-16T12")


def test_there_are_enough_posts_and_edits(lines: list[Line], states: dict[str, list[Post]]) -> None:
    assert len(states) >= 60
    assert len(lines) >= 105
    older = {line["post"]["id"] for line in lines if when(line["observed"]) == build.FIRST_LOOK}
    assert 18 <= len(older) <= 30


def test_two_thirds_of_the_posts_are_in_both_tenants(readers: dict[str, set[str]]) -> None:
    shares = [frozenset(tenants) for tenants in readers.values()]
    assert 0.55 < shares.count(frozenset(TENANTS)) / len(shares) < 0.8
    assert shares.count(frozenset({"contoso"})) >= 8
    assert shares.count(frozenset({"fabrikam"})) >= 8


def test_the_file_stays_small(lines: list[Line]) -> None:
    packed = gzip.compress((SAMPLES / "history.jsonl").read_bytes())
    assert len(packed) < 120_000
    assert sum(len(json.dumps(line)) > 100_000 for line in lines) == 1


# The cases -----------------------------------------------------------------------------------------------------------


def test_every_id_in_the_readme_is_in_the_history(cases: dict[str, list[str]], states: dict[str, list[Post]]) -> None:
    assert len(cases) >= 40
    assert [(case, one) for case, ids in cases.items() for one in ids if one not in states] == []


def test_retirements_and_enforcements_are_plenty(cases: dict[str, list[str]], states: dict[str, list[Post]]) -> None:
    assert len(cases["retirement"]) >= 8
    assert all("Retirement" in states[one][-1].tags for one in cases["retirement"])
    assert len(cases["security enforcement"]) >= 5
    assert len(cases["data or AI open by default"]) >= 4


def test_all_three_templates_and_both_forms_of_heading_occur(states: dict[str, list[Post]]) -> None:
    bodies = [versions[-1].body for versions in states.values()]
    for heading in (
        *("[When this will happen:]", "[Introduction]", "[What and Why]", "[Rollout Schedule]"),
        *("[Action Required / Recommendations]", "<b>When this will happen:</b>", "<b>When will this happen:</b>"),
        *("<b>What action do I need to take?</b>", "[Compliance considerations]", "[Compliance considerations:]"),
    ):
        assert any(heading in body for body in bodies), heading


@pytest.mark.parametrize("cloud", ["Worldwide", "GCC", "GCC High", "DoD"])
def test_every_cloud_has_its_lines(cloud: str, states: dict[str, list[Post]]) -> None:
    assert sum(cloud in text(versions[-1].body) for versions in states.values()) >= 5


def test_act_by_dates_are_few_and_one_moves(cases: dict[str, list[str]], states: dict[str, list[Post]]) -> None:
    dated = {one for one, versions in states.items() if versions[-1].act_by}
    assert dated == set(cases["act-by date as a field"])
    assert [version.act_by.day for version in states["MC1953405"]] == [5, 19]


def test_slipped_dates_name_the_earlier_ones(states: dict[str, list[Post]]) -> None:
    bodies = {one: text(versions[-1].body) for one, versions in states.items()}
    assert "(previously mid-July)" in bodies["MC1940663"]
    assert "(previously December 7, 2026 (previously November 16))" in bodies["MC1950218"]
    assert "(previously mid-October." in bodies["MC1950544"]
    assert "mid‑November" in bodies["MC1950544"]
    first = text(states["MC1904460"][0].body)
    assert "(previously late September 2026 (previously late April)." in first
    assert first.count("(") > first.count(")")


def test_the_first_slip_changes_the_schedule(states: dict[str, list[Post]]) -> None:
    before, after = (text(version.body) for version in states["MC1948315"])
    assert "mid-September 2026 and" in before
    assert "mid-October 2026 (previously mid-September)" in after


@pytest.mark.parametrize(
    ("one", "words"),
    [
        ("MC1918833", "decided not to release"),
        ("MC1958930", "will not be moving forward"),
        ("MC1960233", "decided not to proceed"),
        ("MC1964733", "have paused"),
        ("MC1952302", "has been postponed"),
        ("MC1961355", "withdraw"),
        ("MC1945260", "Please refer to MC1955733"),
        ("MC1955733", "This message replaces MC1945260"),
        ("MC1965320", "duplicate of MC1965318"),
        ("MC1956201", "not to proceed in GCC"),
    ],
)
def test_what_becomes_of_a_plan_is_said_first(one: str, words: str, states: dict[str, list[Post]]) -> None:
    assert words in text(states[one][-1].body)[:260]


def test_a_hold_can_end(states: dict[str, list[Post]]) -> None:
    assert ["on hold" in version.body[:200] for version in states["MC1940663"]] == [True, False]


def test_edits_carry_tag_banner_and_prefix(states: dict[str, list[Post]]) -> None:
    tagged = [version for versions in states.values() for version in versions if "Updated message" in version.tags]
    assert len(tagged) >= 20
    prefixed = [version for version in tagged if version.title.startswith("(Updated) ")]
    assert {version.id for version in tagged} - {version.id for version in prefixed} == {"MC1902814", "MC1969377"}
    for version in prefixed:
        banner = re.match(r"Updated (\w+ \d+, \d{4}): ", text(version.body).strip())
        assert banner, version.id
        said = datetime.strptime(banner[1], "%B %d, %Y").replace(tzinfo=UTC)
        assert abs(version.modified - said) < timedelta(days=30 if version.id == "MC1950544" else 2)


def test_an_edit_may_come_without_a_newer_date(states: dict[str, list[Post]]) -> None:
    before, after = states["MC1962478"]
    assert before.modified == after.modified
    assert before.body != after.body


def test_services_are_renamed_and_nothing_else(cases: dict[str, list[str]], states: dict[str, list[Post]]) -> None:
    for one in cases["edited, `lastModifiedDateTime` not newer: services renamed"]:
        before, after = states[one]
        assert before.services != after.services
        assert without_services(dict(before.raw)) == without_services(dict(after.raw))


def test_two_tenants_may_read_different_services(cases: dict[str, list[str]], lines: list[Line]) -> None:
    for one in cases["services differ by tenant"]:
        seen = [line for line in lines if "post" in line and line["post"]["id"] == one]
        assert seen[-1]["tenants"] == ["fabrikam"]
        assert seen[-1]["post"]["services"] != seen[-2]["post"]["services"]
        assert without_services(seen[-1]["post"]) == without_services(seen[-2]["post"])


def test_an_image_moves_and_nothing_else(states: dict[str, list[Post]]) -> None:
    before, after = (re.sub(r'src="[^"]*"', "src", version.body) for version in states["MC1938274"])
    assert before == after
    assert len({version.body for version in states["MC1938274"]}) == 2


def test_rollout_states_are_reordered_and_nothing_else(states: dict[str, list[Post]]) -> None:
    for one in ("MC1902814", "MC1973419"):
        before, after = (version.detail("FeatureStatusJson")[0] for version in states[one])
        assert before != after
        one_way, other_way = (next(iter(json.loads(status).values())) for status in (before, after))
        assert one_way == other_way[::-1]


def test_only_the_date_of_change_is_touched(states: dict[str, list[Post]]) -> None:
    for one in ("MC1950544", "MC1970512"):
        before, after = (dict(version.raw) for version in states[one][-2:])
        assert before.pop("lastModifiedDateTime") < after.pop("lastModifiedDateTime")
        assert before == after


def test_a_post_may_reach_the_second_tenant_later(lines: list[Line]) -> None:
    seen = [line["tenants"] for line in lines if line.get("post", {}).get("id") == "MC1976290"]
    assert seen == [["contoso"], ["fabrikam"]]


def test_one_title_comes_again_and_again(states: dict[str, list[Post]]) -> None:
    titles = [versions[-1].title for versions in states.values()]
    assert titles.count("Microsoft 365 Apps: New builds for Current Channel") == 3


def test_details_are_as_unruly_as_real_ones(states: dict[str, list[Post]]) -> None:
    assert len(states["MC1976290"][0].detail("Summary")) == 2
    assert states["MC1978001"][0].detail("RoadmapIds") == ()
    assert "Roadmap ID 919144" in states["MC1978001"][0].body
    assert states["MC1980876"][0].detail("RoadmapIds") == ("919310,919311",)
    assert any(not versions[0].tags for versions in states.values())


@pytest.mark.parametrize(
    "bait", ["<script>", "onerror=", 'href="javascript:', "<iframe", "onload=", "<style>", "<form"]
)
def test_one_post_is_hostile(bait: str, states: dict[str, list[Post]]) -> None:
    assert bait in states["MC1957909"][0].body
    assert [one for one, versions in states.items() if "<script>" in versions[-1].body] == ["MC1957909"]


def test_bodies_come_in_every_shape(states: dict[str, list[Post]]) -> None:
    last = {one: versions[-1] for one, versions in states.items()}
    assert len(text(last["MC1959120"].body)) > 200_000
    assert last["MC1968804"].body == ""
    assert last["MC1968219"].body_type == "text"
    assert re.search("[\u0600-\u06ff]{3}", last["MC1963640"].body)
    assert re.search("[\u0590-\u05ff]{3}", last["MC1963640"].body)
    assert last["MC1966441"].body.count("<table") > last["MC1966441"].body.count("</table>")
    assert "<ul><li>" in last["MC1957909"].body.split("Web", 1)[1]
    assert re.search(r"\w{120}", last["MC1971902"].body)


def test_titles_come_in_every_shape(states: dict[str, list[Post]]) -> None:
    assert all(
        bait in states["MC1961902"][0].title for bait in ("{{7*7}}", "${x}", "[draft](final)", "<v2>", "`|`", "*")
    )
    assert sum(ord(letter) > 0x1F000 for letter in states["MC1953990"][0].title) >= 5
    assert len(states["MC1971902"][0].title) > 110


# The tasks -----------------------------------------------------------------------------------------------------------


def test_tasks_are_worked_in_an_order_that_can_be(tasks: dict[str, list[Line]]) -> None:
    assert set(tasks) == TENANTS
    assert 40 <= sum(map(len, tasks.values())) <= 55
    for task in (task for tenant in tasks.values() for task in tenant):
        hours = [task[f"{step}_after_hours"] for step in ("made", "assigned", "started", "completed")]
        known = [hour for hour in hours if hour is not None]
        assert known == sorted(known), task
        assert (task["assignee"] is None) == (task["assigned_after_hours"] is None), task


def test_tasks_belong_to_posts_that_their_tenant_has(tasks: dict[str, list[Line]], lines: list[Line]) -> None:
    unknown = []
    for tenant, made in tasks.items():
        first: dict[str, datetime] = {}
        for line in lines:
            if "post" in line and tenant in line["tenants"]:
                first.setdefault(line["post"]["id"], when(line["observed"]))
        for task in made:
            if task["post"] not in first:
                unknown.append(task["post"])
                continue
            latest = max(value for name, value in task.items() if name.endswith("_hours") and value is not None)
            assert first[task["post"]] + timedelta(hours=latest) < STORY_ENDS, task
    assert unknown == ["MC1999998"]


def test_a_third_of_the_tasks_is_open_and_the_rest_took_between_days_and_weeks(tasks: dict[str, list[Line]]) -> None:
    every = [task for tenant in tasks.values() for task in tenant]
    took = [task["completed_after_hours"] / 24 for task in every if task["completed_after_hours"] is not None]
    assert 0.25 < 1 - len(took) / len(every) < 0.45
    assert sum(days < 5 for days in took) >= 3
    assert sum(days > 28 for days in took) >= 5


def test_tasks_are_as_unruly_as_real_ones(tasks: dict[str, list[Line]], states: dict[str, list[Post]]) -> None:
    assert [task["post"] for task in tasks["contoso"]].count("MC1953405") == 2
    cut = [task["title"] for tenant in tasks.values() for task in tenant if "title" in task]
    assert len(cut) == 1
    assert "MC" not in cut[0]
    due = states["MC1971086"][-1].act_by
    late = [task for task in tasks["contoso"] if task["post"] == "MC1971086"]
    assert due < STORY_ENDS
    assert late[0]["completed_after_hours"] is None


# Our own words -------------------------------------------------------------------------------------------------------


def _runs(content: str, length: int = 12) -> set[str]:
    words = re.findall(r"[^\W_]+(?:['’][^\W_]+)?", text(content).lower())
    return {" ".join(words[at : at + length]) for at in range(len(words) - length + 1)}


def _texts(post: Line) -> list[str]:
    details = [detail.get("value") or "" for detail in post.get("details") or []]
    return [post["title"], post["body"]["content"], *details]


def test_no_twelve_words_in_a_row_stand_in_a_real_post(lines: list[Line]) -> None:
    """Even the fixed headings need no exception."""
    if not REAL.exists():
        pytest.skip(f"no collection of real posts at {REAL}; only needed when sample posts are written")
    ours = {
        run: line["post"]["id"]
        for line in lines
        if "post" in line
        for part in _texts(line["post"])
        for run in _runs(part)
    }
    assert len(ours) > 8_000
    copied = []
    with gzip.open(REAL, "rt", encoding="utf-8") as real:
        for row in real:
            post = json.loads(row)
            for part in _texts(post):
                copied += [(ours[run], post["id"], run) for run in _runs(part) & ours.keys()]
    assert copied == []
