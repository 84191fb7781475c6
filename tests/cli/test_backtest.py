import asyncio
import csv
import gzip
import json
from io import StringIO
from pathlib import Path

import pytest
from typer.testing import CliRunner

from shared.cli import backtest, past_posts, route
from shared.cli.main import app
from shared.core.terms import EventType
from tests.fakes import NOW
from tests.usecases.world import NOVEMBER, World, policy, post

SAMPLES = Path(__file__).parents[2] / "sandbox" / "samples" / "history.jsonl"
POLICY = """
tenants: {home: {}}
teams:
  messaging: {owner: ana@example.com, deputy: ben@example.com, channel: messaging}
  workplace: {owner: dee@example.com, channel: workplace}
workloads:
  exchange: {services: [Exchange Online], team: messaging}
channels:
  messaging: {kind: teams_workflow, settings: {url: TEAMS_MESSAGING_URL}}
  workplace: {kind: teams_workflow, settings: {url: TEAMS_WORKPLACE_URL}}
tickets:
  crb: {kind: register}
routes:
  team: workplace
  routes:
    - {match: {crb: true}, ticket: crb, continue: true}
    - match: {kind: retirement}
      cards: owner
      routes:
        - {match: {user_impact: high}, cards: [owner, workplace]}
    - {match: {workload: exchange}}
"""
QUIET = POLICY.replace("cards: owner", "cards: []").replace("cards: [owner, workplace]", "cards: []")


def run(*arguments: object, given: bytes | None = None):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=given)


@pytest.fixture
def files(tmp_path):
    """A policy, an older one, and two versions of one post."""
    versions = [
        {"observed": "2026-09-01T08:00:00Z", "post": post()},
        {"observed": "2026-09-15T08:00:00Z", "post": post(when=NOVEMBER, modified="2026-09-15T07:00:00Z")},
    ]
    found = {"new": tmp_path / "new.yaml", "old": tmp_path / "old.yaml", "posts": tmp_path / "posts.jsonl"}
    found["new"].write_text(POLICY)
    found["old"].write_text(QUIET)
    found["posts"].write_text("".join(json.dumps(version) + "\n" for version in versions))
    return found


def backtested(files, *more: object):
    return run("backtest", "--posts", files["posts"], "--policy", files["new"], *more)


def test_the_tables_say_what_would_have_been_done(files):
    result = backtested(files)

    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "new.yaml: 1 change in 2 editions, 2026-09-01 to 2026-09-15"
    assert lines[1].startswith(
        "1 ticket (100.0% of the changes), 1 update of them, 2 cards (100% of them to messaging)"
    )
    assert ["2026-09-14", "0", "1", "1"] in [line.split() for line in lines]
    assert ["messaging", "1", "1", "2", "100.0%"] in [line.split() for line in lines]
    assert ["routes.routes[1]", "0", "0", "2", "kind:", "retirement"] in [line.split() for line in lines]
    assert "every service has an owner" in lines


def test_another_policy_is_held_against_it(files):
    result = backtested(files, "--against", files["old"])

    assert result.exit_code == 0, result.output
    assert "What differs from old.yaml" in result.stdout
    assert ["MC1200001", "added", "card", "messaging", "messaging"] in [
        line.split()[:5] for line in result.stdout.splitlines()
    ]


def test_json_holds_the_whole_report(files):
    found = json.loads(backtested(files, "--against", files["old"], "--json").stdout)

    assert (found["policy"], found["tickets"], found["updates"], found["cards"]) == ("new.yaml", 1, 1, 2)
    assert found["weeks"][0] == {"week": "2026-08-31", "tickets": 1, "updates": 0, "cards": 1}
    assert found["teams"][0] == {"team": "messaging", "tickets": 1, "updates": 1, "cards": 2}
    assert (found["against"]["policy"], found["against"]["cards"]) == ("old.yaml", 0)
    assert [(d["what"], d["change"], d["target"], d["times"]) for d in found["differences"]] == [
        ("added", "MC1200001", "messaging", 2)
    ]
    assert json.loads(backtested(files, "--json").stdout)["differences"] is None


def test_csv_has_a_line_for_each_ticket_and_card_and_nothing_that_a_spreadsheet_would_run(files, tmp_path):
    files["posts"].write_text(json.dumps({"observed": "2026-09-01T08:00:00Z", "post": post(title='=HYPERLINK("x")')}))
    table = tmp_path / "told.csv"

    assert backtested(files, "--csv", table).exit_code == 0
    rows = list(csv.DictReader(StringIO(table.read_text("utf-8-sig"))))
    assert [(row["change"], row["kind"], row["team"], row["new"], row["title"]) for row in rows] == [
        ("MC1200001", "ticket", "messaging", "yes", '\'=HYPERLINK("x")'),
        ("MC1200001", "card", "messaging", "yes", '\'=HYPERLINK("x")'),
    ]
    assert backtested(files, "--csv", "-").stdout.splitlines()[0].startswith("policy,week,day,change,title")


def test_the_page_is_written(files, tmp_path):
    page = tmp_path / "report.html"
    result = backtested(files, "--html", page)

    assert result.exit_code == 0, result.output
    assert "wrote" in result.stderr
    assert "What this policy would have done" in page.read_text()


def test_counting_begins_where_it_is_told_to(files):
    found = json.loads(backtested(files, "--since", "7d", "--json").stdout)
    by_day = json.loads(backtested(files, "--since", "2026-09-08", "--json").stdout)

    assert (found["tickets"], found["updates"], found["first"]) == (0, 1, "2026-09-15")
    assert by_day == found


@pytest.mark.parametrize("since", ["soon", "99999999d", "2026-13-01", "7y"])
def test_a_span_that_is_none_is_wrong_usage(files, since):
    assert backtested(files, "--since", since).exit_code == 2


def test_posts_come_packed_and_from_standard_input(files):
    plain = files["posts"].read_bytes()
    results = [
        run("backtest", "--posts", "-", "--policy", files["new"], given=g) for g in (plain, gzip.compress(plain))
    ]

    assert [result.exit_code for result in results] == [0, 0], results[0].output
    assert results[0].stdout == results[1].stdout == backtested(files).stdout


def test_a_line_that_is_no_post_is_named_and_the_others_go_on(files):
    with files["posts"].open("a") as more:
        more.write('{"title": "no id"}\nno json\n')
    result = backtested(files)

    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert ":3: a post without an `id`" in result.stderr
    assert "line 4" in result.stderr
    assert "1 change in 2 editions" in result.stdout


def test_a_file_without_posts_and_one_that_is_not_there_are_said(files):
    files["posts"].write_text("\n")

    assert "is empty: there is no post in it" in backtested(files).stderr
    assert run("backtest", "--posts", "nowhere.jsonl").exit_code == 2


def test_a_faulty_policy_is_told_with_every_fault(files):
    files["new"].write_text(POLICY.replace("team: workplace\n", "team: ghost\n"))
    result = backtested(files)

    assert result.exit_code == 1
    assert "routes.team: undefined team 'ghost'" in result.output


def test_many_processes_find_the_same_as_one(monkeypatch):
    changes, _ = past_posts.read_versions(SAMPLES)
    alone = past_posts.play(changes, [policy()])
    monkeypatch.setattr(past_posts, "_FEW", 0)
    monkeypatch.setattr(past_posts, "_CHUNK", 7)
    monkeypatch.setattr(past_posts.os, "cpu_count", lambda: 3)

    assert past_posts.play(changes[::-1], [policy()]) == alone
    assert len(alone) > 100


# From storage


@pytest.fixture
def deployment(monkeypatch):
    """A deployment that has seen two versions of a post and another post; the commands speak to it."""
    world = World(policy())

    async def lived() -> None:
        await world.arrive(post(), post("MC1200002"))
        world.clock.forward(days=20)
        await world.arrive(post(when=NOVEMBER, modified="2026-09-15T07:00:00Z"))

    asyncio.run(lived())
    for module in (backtest, route):
        monkeypatch.setattr(module, "with_deployment", lambda state, work: asyncio.run(work(world.deps)))
    return world


def test_storage_is_read_with_the_policy_in_force(deployment):
    found = json.loads(run("backtest", "--json").stdout)

    assert (found["policy"], found["changes"], found["editions"]) == ("in force", 2, 3)
    assert (found["tickets"], found["updates"], found["cards"]) == (2, 1, 6)
    held = [row for row in asyncio.run(deployment.all("changes")) if "|x|" in row.key]
    assert len(held) == 2 + 6, "as many as the deployment made itself"


def test_of_storage_only_what_moved_since_counts(deployment, files):
    found = json.loads(run("backtest", "--since", "7d", "--policy", files["new"], "--json").stdout)

    assert (found["changes"], found["tickets"], found["updates"]) == (1, 0, 1)


def test_storage_that_holds_nothing_says_so(deployment):
    deployment.clock.forward(days=900)

    assert "storage holds no post that was seen since" in run("backtest").stderr


# route


def test_the_way_of_a_described_change_is_shown_with_what_failed(files):
    result = run("route", "--service", "Exchange Online", "--kind", "retirement", "--crb", "--policy", files["new"])

    assert result.exit_code == 0, result.output
    lines = [" ".join(line.strip(" │├└─").split()) for line in result.stdout.splitlines()]
    assert lines[2:] == [
        "Exchange Online: messaging owns exchange",
        "=> routes.routes[0]",
        "crb: true",
        "=> routes.routes[1]",
        "kind: retirement",
        "x routes.routes[1].routes[0]",
        "user_impact: wants high, finds low",
        "routes.routes[2]: not reached, the one before was taken",
        "",
        "ticket crb, for messaging (ana@example.com, deputy ben@example.com)",
        "because: for the Change Review Board; messaging owns exchange (policy: routes.routes[0])",
        "card messaging, for messaging (ana@example.com, deputy ben@example.com)",
        "because: kind: retirement; messaging owns exchange (policy: routes.routes[1])",
    ]


def test_a_described_change_may_say_whom_it_concerns_what_controls_it_and_what_its_compliance_table_answers(files):
    match = "{audience: makers, control: Set-Pins, compliance: ai}"
    asks = f"routes: {{team: workplace, routes: [{{match: {match}, cards: owner}}]}}"
    text = files["new"].read_text()
    files["new"].write_text(text[: text.index("routes:")] + asks + "\n")
    described = ("route", "--service", "Exchange Online", "--policy", files["new"], "--audience", "All makers")
    wrong = run(*described, "--compliance", "al")

    assert "because: audience: All makers, control: Set-Pins, compliance: ai" in (
        " ".join(run(*described, "--control", "Set-Pins", "--compliance", "ai").stdout.split())
    )
    assert "control: wants Set-Pins, finds nothing" in run(*described).stdout
    assert wrong.exit_code != 0
    assert "unknown value 'al'" in wrong.stderr


def test_the_way_that_the_documentation_shows_is_the_one_that_is_taken(files):
    documented = (Path(__file__).parents[2] / "docs" / "policy.md").read_text()
    files["new"].write_text(documented.split("```yaml\n")[1].split("```")[0])
    result = run("route", "MC1950218", "--posts", SAMPLES, "--policy", files["new"])

    assert f"foresignal route MC1950218 --posts sandbox/samples/history.jsonl --policy small.yaml\n{result.stdout}" in (
        documented
    )


def test_services_that_nobody_owns_are_said(files):
    result = run("route", "--service", "Sway", "--policy", files["new"])

    assert "Sway: nobody owns it, so it goes to workplace" in result.stdout
    assert "nobody owns: Sway" in result.stdout
    assert "nothing follows" in result.stdout


def test_a_change_is_found_in_a_file_as_it_stands_now(files):
    found = json.loads(run("route", "mc1200001", "--posts", files["posts"], "--policy", files["new"], "--json").stdout)

    assert (found["id"], found["events"], found["silent"]) == ("MC1200001", ["dates_moved"], "")
    assert [(effect["kind"], effect["target"], effect["answers"]) for effect in found["effects"]] == [
        ("ticket", "crb", "ana@example.com"),
        ("card", "messaging", "ana@example.com"),
    ]
    taken = [(node["path"], node["taken"]) for node in found["nodes"] if node["matched"]]
    assert taken == [("routes", False), ("routes.routes[0]", True), ("routes.routes[1]", True)]


def test_a_change_that_was_old_when_it_was_first_seen_says_that_nobody_is_told(files):
    files["posts"].write_text(json.dumps({"observed": "2026-12-24T08:00:00Z", "post": post()}))
    result = run("route", "MC1200001", "--posts", files["posts"], "--policy", files["new"])

    assert "but nobody is told now: its plan was over when it was first seen on 2026-12-24" in result.stdout


def test_a_change_is_found_in_storage(deployment):
    result = run("route", "MC1200002")

    assert result.exit_code == 0, result.output
    assert "ticket crb, for messaging (ben@contoso.example)" in result.stdout
    assert f"{NOW:%Y}" not in result.stderr
    assert "MC1209999 was never seen" in run("route", "MC1209999").stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name one change"),
        (("MC1200001", "--service", "Sway"), "name one change"),
        (("--service", "Sway", "--kind", "retired"), "unknown value 'retired'"),
        (("--service", "Sway", "--event", "moved"), EventType.__args__[0]),
        (("--service", "Sway", "--starts", "soon"), "is no day"),
    ],
)
def test_what_makes_no_sense_is_wrong_usage(arguments, said):
    result = run("route", *arguments)

    assert result.exit_code == 2
    assert said in " ".join(result.stderr.replace("│", " ").split())


def test_an_id_that_is_in_no_line_is_said(files):
    assert "there is no MC1209999" in run("route", "MC1209999", "--posts", files["posts"]).stderr
