import asyncio
import base64
import gzip
import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from azure.storage.queue import QueueClient
from typer.testing import CliRunner

from sandbox import run as sandbox_run
from sandbox.clock import SandboxClock
from shared import app as composition
from shared.adapters.policy.file import DEFAULT
from shared.cli.main import app
from shared.core import names
from shared.core.messages import decode
from shared.core.ports.storage import Row, Write
from shared.core.tickets.register import new_entry
from shared.record import deliveries
from shared.record.deliveries import Outage, Target, Waiting
from shared.record.parked import parked_items
from shared.record.register import entry_row
from shared.settings import Settings
from shared.usecases.delivery import park
from shared.usecases.upkeep.lists import build
from tests.contracts.rig import ticket

COMMANDS = [
    "", "classify", "explain", "read", "reader", "reader compare", "replay", "history", "check",
    "init", "route", "backtest",
    "policy", "policy push", "policy show", "policy schema",
    "sandbox", "health", "doctor", "grant", "parked", "parked list", "parked show", "parked replay", "parked probe",
    "register", "register list",
    "register show", "register move", "release", "settle", "labels", "planner", "ticket", "test-card", "cards",
    "maturity", "report", "report weekly", "report monthly", "report owner", "export", "import", "sleep", "wake",
]  # fmt: skip
HEAVY = ("aiohttp", "azure", "httpx", "jinja2", "msgraph", "pydantic", "sandbox", "selectolax", "yaml")
SAMPLES = Path(__file__).parents[2] / "sandbox" / "samples" / "history.jsonl"
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
POST = {"id": "MC1000001", "title": "A made-up change", "services": ["Exchange Online"]}
GOOD = "tenants: {home: {}}\nteams: {messaging: {owner: ana@example.com}}\nroutes: {team: messaging}\n"


def run(*arguments: object, given: bytes | None = None):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=given)


def installed(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("foresignal")
    return subprocess.run([program, *arguments], capture_output=True, text=True, timeout=300, check=False)


# The command itself


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str):
    result = run(*command.split(), "--help")

    assert result.exit_code == 0
    assert "Usage:" in result.output


def test_the_installed_command_answers():
    result = installed("--help")

    assert result.returncode == 0
    assert "classify" in result.stdout


def test_help_loads_nothing_heavy():
    code = (
        "import sys; sys.argv = ['foresignal', '--help']\n"
        "from shared.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: print('loaded', *sorted({name.split('.')[0] for name in sys.modules}))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True)

    loaded = result.stdout.rsplit("loaded", 1)[1].split()
    assert not set(HEAVY) & set(loaded)


def test_wrong_usage_is_exit_code_2():
    assert run("clasify").exit_code == 2
    assert run("check", "no-such-file.yaml").exit_code == 2
    assert run("classify", "no-such-file.jsonl").exit_code == 2
    assert run("register", "move", "CHG1", "done").exit_code == 2
    assert run("parked", "replay").exit_code == 2


def test_an_error_is_one_line_without_a_traceback(tmp_path: Path):
    result = installed("parked", "list", "--state", str(tmp_path))

    assert result.returncode == 1
    assert result.stderr.startswith("error: no sandbox is running on ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "cp1252"},
        {"PYTHONIOENCODING": "ascii:strict"},
        {"LANG": "C", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    ],
    ids=["cp1252", "ascii", "C"],
)
def test_output_is_utf_8_whatever_the_console_says(tmp_path: Path, environment: dict[str, str]):
    file = tmp_path / "posts.jsonl"
    post = POST | {"title": "Ω → 変更, naïve 🚀", "body": {"contentType": "text", "content": "It’s – 变更"}}
    file.write_text(json.dumps(post, ensure_ascii=False), encoding="utf-8")
    program = [sys.executable, "-c", "from shared.cli.main import main; main()"]
    for arguments in (["explain", "MC1000001", "--posts", file], ["history", "MC1000001", "--posts", file]):
        result = subprocess.run(
            [*program, *arguments], capture_output=True, timeout=300, check=False, env=os.environ | environment
        )

        assert (result.returncode, result.stderr) == (0, b"")
        assert "Ω → 変更, naïve 🚀" in result.stdout.decode("utf-8")


def test_debug_shows_where_an_error_came_from(tmp_path: Path):
    assert "Traceback" in installed("--debug", "parked", "list", "--state", str(tmp_path)).stderr


# classify


def test_classify_prints_one_label_a_post(tmp_path: Path):
    file = tmp_path / "posts.jsonl"
    file.write_text(json.dumps(POST) + "\n\n" + json.dumps(POST | {"id": "MC1000002"}) + "\n")

    result = run("classify", file)

    assert result.exit_code == 0
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["MC1000001", "MC1000002"]


def test_classify_unpacks_whatever_the_name(tmp_path: Path):
    file = tmp_path / "posts"
    file.write_bytes(gzip.compress(json.dumps(POST).encode()))

    assert json.loads(run("classify", file).stdout)["id"] == "MC1000001"


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_classify_reads_standard_input(pack):
    assert json.loads(run("classify", "-", given=pack(json.dumps(POST).encode())).stdout)["id"] == "MC1000001"


def test_classify_tells_once_what_is_no_post_and_goes_on(tmp_path: Path):
    file = tmp_path / "posts.jsonl"
    file.write_bytes(b'{"id":\n[]\n\xff\n{"title": "no id"}\n' + json.dumps(POST).encode())

    result = run("classify", file)

    assert result.exit_code == 1
    (said,) = result.stderr.splitlines()
    assert said.startswith(f"{file}:1: is no JSON ")
    assert said.endswith("; neither can be read: line 3; line 4")
    assert json.loads(result.stdout)["id"] == "MC1000001"


def test_classify_says_where_a_compressed_file_breaks_off(tmp_path: Path):
    file = tmp_path / "posts.jsonl.gz"
    file.write_bytes(gzip.compress(b"\n".join([json.dumps(POST).encode()] * 3))[:-9])

    result = run("classify", file)

    assert result.exit_code == 1
    assert f"{file}: cut off or damaged after line " in result.stderr


# check and policy


def test_check_counts_what_is_there():
    result = run("check", DEFAULT)

    assert result.exit_code == 0
    assert result.stdout.startswith("fine: 1 tenant, 8 teams, 15 workloads, ")


def test_check_takes_the_policy_that_ships_by_default(monkeypatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)

    assert run("check").exit_code == 0


def test_check_tells_every_fault(tmp_path: Path):
    file = tmp_path / "policy.yaml"
    file.write_text(GOOD + "tickets: {crb: {kind: register, settings: {projct: 1}}}\nchannels: {mail: {kind: slack}}\n")

    result = run("check", file)

    assert result.exit_code == 1
    said = [line.replace(str(file), "policy.yaml") for line in result.stdout.splitlines()]
    line = GOOD.count("\n") + 1
    assert said == [
        f"policy.yaml:{line}: tickets.crb.settings.projct: unknown key (known: fields, values, states, templates)",
        f"policy.yaml:{line + 1}: channels.mail.kind: unknown kind 'slack' (known: email, teams_workflow)",
    ]
    assert "2 faults" in result.stderr


def test_push_puts_a_policy_in_force_and_show_prints_it(tmp_path: Path, state: Path):
    file = tmp_path / "policy.yaml"
    file.write_text(GOOD)

    pushed = run("policy", "push", file, "--state", state)

    assert pushed.exit_code == 0, pushed.output
    assert run("policy", "show", "--state", state).stdout == GOOD


def test_push_leaves_the_policy_in_force_where_the_new_one_is_wrong(tmp_path: Path, state: Path):
    file = tmp_path / "policy.yaml"
    file.write_text(GOOD)
    run("policy", "push", file, "--state", state)
    file.write_text(GOOD.replace("team: messaging}", "team: ghost}"))

    pushed = run("policy", "push", file, "--state", state)

    assert pushed.exit_code == 1
    assert pushed.stdout.endswith(": routes.team: undefined team 'ghost' (known: messaging)\n")
    assert run("policy", "show", "--state", state).stdout == GOOD


def test_show_prints_the_policy_that_ships_while_none_was_pushed(state: Path):
    result = run("policy", "show", "--state", state)

    assert result.stdout == DEFAULT.read_text()
    assert "none was pushed" in result.stderr


def test_push_wants_to_be_told_which_policy(state: Path):
    assert run("policy", "push", "--state", state).exit_code == 2
    assert run("policy", "push", DEFAULT, "--state", state).exit_code == 0
    assert run("policy", "show", "--state", state).stdout == DEFAULT.read_text()


def test_show_says_when_what_was_pushed_is_not_in_force(state: Path):
    asyncio.run(_put_policy(state, b"tenants: {}"))

    shown = run("policy", "show", "--state", state)

    assert shown.exit_code == 1
    assert "NOT in force" in shown.stderr


def test_schema_prints_what_editors_need():
    assert json.loads(run("policy", "schema").stdout)["properties"].keys() >= {"tenants", "teams", "routes"}


# parked and register, over the real storage emulator


@pytest.fixture
def state(storage_of_its_own: str, tmp_path: Path) -> Path:
    """The state folder of a sandbox that runs; no policy was pushed, nothing is parked, the register is empty."""
    folder = tmp_path / "state"
    folder.mkdir()
    (folder / "connection.txt").write_text(storage_of_its_own)
    SandboxClock(folder).start(NOW)
    asyncio.run(_furnish(folder))
    return folder


def _app(state: Path) -> composition.App:
    return composition.App(composition.Surroundings(Settings("test", "", connection_string=_storage(state))))


def _storage(state: Path) -> str:
    return (state / "connection.txt").read_text()


async def _furnish(state: Path) -> None:
    ours = _app(state)
    await ours.tables.create(names.TABLES)
    await ours.queues.create(names.QUEUES)
    await ours.blobs.create(names.CONTAINERS)
    await ours.close()


async def _read_just_now(state: Path) -> None:
    ours = _app(state)
    row = Row("home", "snapshot|messages", {"fetched": NOW, "posts": 7})
    await ours.tables.commit("tenants", [Write("insert", row)])
    await build(ours.deps)
    await ours.close()


async def _put_policy(state: Path, data: bytes) -> None:
    ours = _app(state)
    await ours.blobs.put("config", "policy.yaml", data)
    await ours.close()


def put_aside(state: Path, *bodies: dict[str, object]) -> list[str]:
    """Park messages of queue `tasks`; their keys, newest first."""

    async def parked() -> list[str]:
        ours = _app(state)
        for body in bodies:
            await park.park(ours.deps, "tasks", body, NOW, f"no plan {body['plan']} \x1b[31m")
        keys = [item.key for item in await parked_items(ours.deps.storage.tables)]
        await ours.close()
        return keys

    return asyncio.run(parked())


def waiting(state: Path, queue: str) -> list[dict[str, object]]:
    """The bodies of the messages that wait in a queue, which is emptied."""
    client = QueueClient.from_connection_string(_storage(state), queue)
    messages = [decode(base64.b64decode(message.content)) for message in client.receive_messages()]
    client.clear_messages()
    client.close()
    return [dict(message.body) for message in messages]


def test_maturity_is_shown_as_text_and_as_data_and_says_what_is_unknown(state: Path):
    asyncio.run(_read_just_now(state))

    shown = run("maturity", "--state", state)
    data = json.loads(run("maturity", "--json", "--state", state).stdout)

    assert shown.exit_code == 0
    assert shown.stdout.startswith("The level is unknown: nothing is measured yet.\n\nLevel 100\n")
    assert "Somebody is responsible for changes." in shown.stdout
    assert (data["reached"], data["measured"], data["complete"]) == (0, False, True)
    assert {each["state"] for each in data["results"]} == {"unknown"}


def test_nothing_parked_is_said(state: Path):
    assert run("parked", "list", "--state", state).stdout == "nothing is parked\n"
    assert json.loads(run("parked", "list", "--json", "--state", state).stdout) == []


def take_down(state: Path) -> None:
    """A channel that is down, with one card that waits for it."""

    async def write() -> None:
        ours, target = _app(state), Target("card", "work")
        outage = Outage(target, NOW, "answered 400 \x1b[31m", "Turn the flow on.", "", NOW + timedelta(hours=4))
        await deliveries.write_outage(ours.tables, outage)
        await deliveries.insert_waiting(ours.tables, Waiting(target, "MC1200001", "card|work|1", NOW))
        await ours.close()

    asyncio.run(write())


def test_what_is_down_stands_above_what_is_parked_with_what_to_do(state: Path):
    take_down(state)

    listed = run("parked", "list", "--state", state).stdout
    report = run("health", "--state", state)

    said = f"channel work is down since {NOW:%Y-%m-%d %H:%M}; 1 wait: answered 400  [31m\n  Turn the flow on.\n"
    assert listed == said + "nothing is parked\n"
    assert report.exit_code == 1
    assert said in report.stdout
    assert json.loads(run("parked", "list", "--json", "--state", state).stdout) == []


def test_what_is_down_is_tried_by_the_next_run_where_somebody_asks_for_it(state: Path):
    assert run("parked", "probe", "--state", state).stdout == "nothing is down\n"
    take_down(state)

    assert run("parked", "probe", "--state", state).stdout == "will be tried: channel work\n"

    (down,) = json.loads(run("health", "--json", "--state", state).stdout)["down"]
    assert down["next_try"] < (NOW + timedelta(hours=1)).isoformat()


def test_parked_items_are_listed_with_key_queue_and_reason(state: Path):
    (key,) = put_aside(state, {"plan": "p1"})

    listed = run("parked", "list", "--state", state).stdout
    (item,) = json.loads(run("parked", "list", "--json", "--state", state).stdout)

    assert key in listed
    assert "no plan p1" in listed
    assert "\x1b" not in listed, "a terminal is told nothing by what failed"
    assert (item["key"], item["queue"], item["content"]) == (key, "tasks", {"plan": "p1"})


def test_a_parked_item_is_shown_whole(state: Path):
    (key,) = put_aside(state, {"plan": "p1", "deep": {"er": [1, 2]}})

    shown = run("parked", "show", key, "--state", state).stdout

    assert json.loads(shown[shown.index("{") :]) == {"plan": "p1", "deep": {"er": [1, 2]}}
    assert "no plan p1" in shown
    assert json.loads(run("parked", "show", key, "--json", "--state", state).stdout)["queue"] == "tasks"


def test_a_replayed_item_is_sent_again_and_no_longer_parked(state: Path):
    waiting(state, "tasks")
    (key,) = put_aside(state, {"plan": "p1"})

    result = run("parked", "replay", key, "--state", state)

    assert result.stdout == "replayed 1\n", result.output
    assert waiting(state, "tasks") == [{"plan": "p1"}]
    assert run("parked", "replay", key, "--state", state).exit_code == 1


def test_everything_parked_is_replayed_at_once(state: Path):
    waiting(state, "tasks")
    put_aside(state, {"plan": "p1"}, {"plan": "p2"})

    assert run("parked", "replay", "--all", "--state", state).stdout == "replayed 2\n"
    assert sorted(str(body["plan"]) for body in waiting(state, "tasks")) == ["p1", "p2"]
    assert run("parked", "list", "--state", state).stdout == "nothing is parked\n"


@pytest.mark.parametrize("command", [("parked", "show"), ("parked", "replay"), ("register", "show")])
def test_a_key_that_is_not_there_is_one_line_and_exit_code_1(state: Path, command: tuple[str, str]):
    result = run(*command, "2026-03:tasks|0", "--state", state)

    assert result.exit_code == 1
    assert "2026-03:tasks|0" in result.stderr
    assert result.stderr.startswith("error: ")


def test_health_tells_of_every_tenant_and_what_is_parked(state: Path):
    put_aside(state, {"plan": "p1"})

    result = run("health", "--state", state)

    assert result.exit_code == 1
    assert result.stdout.startswith("degraded; 1 parked\n")
    assert result.stdout.splitlines()[4].split()[0] == "home", "the tenant of the policy that ships"


def test_health_names_what_is_wrong_with_the_lists(state: Path):
    result = run("health", "--state", state)

    assert result.stdout.splitlines()[2].startswith("lists of the pages: they are not built yet")


def test_health_is_exit_code_0_where_all_is_well(state: Path):
    asyncio.run(_read_just_now(state))

    result = run("health", "--json", "--state", state)

    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["status"] == "ok"


def test_health_names_what_is_wrong_with_the_policy(state: Path):
    asyncio.run(_put_policy(state, b"teams: {}"))

    result = run("health", "--state", state)

    assert result.exit_code == 1
    assert "teams: must not be empty" in result.stderr


def filed(state: Path) -> str:
    """A ticket in the register; its number."""
    made_up = ticket("MC1000001", key="test-MC1000001", title="A made-up change", planned_start=date(2026, 4, 1))
    entry = new_entry(made_up, "Something moves.", "new", NOW, ((NOW, "Opened by Foresignal"),))

    async def file() -> None:
        ours = _app(state)
        await ours.tables.commit("register", [Write("insert", entry_row(entry))])
        await ours.close()

    asyncio.run(file())
    return entry.number


def test_an_empty_register_is_said(state: Path):
    assert run("register", "list", "--state", state).stdout == "the register is empty\n"


def test_tickets_are_listed_and_shown(state: Path):
    number = filed(state)

    listed = run("register", "list", "--state", state).stdout
    shown = run("register", "show", number, "--state", state).stdout

    assert listed.split("\n")[1].split()[:5] == [number, "new", "high", "Messaging", "2026-04-01"]
    assert "A made-up change" in listed
    assert "Opened by Foresignal" in shown
    assert json.loads(run("register", "list", "--json", "--state", state).stdout)[0]["change_id"] == "MC1000001"
    assert json.loads(run("register", "show", number, "--json", "--state", state).stdout)["number"] == number


def test_a_ticket_is_moved_with_a_note_by_the_sandbox_own_clock(state: Path):
    number = filed(state)

    moved = run(
        "register", "move", number, "closed", "--note", "done in April", "--by", "Ana  Torres", "--state", state
    )
    shown = json.loads(run("register", "show", number, "--json", "--state", state).stdout)

    assert moved.stdout == f"{number} is closed; its history says by Ana Torres\n", moved.output
    assert shown["state"] == "closed"
    assert shown["closed"].startswith("2026-03-02T09:3")
    assert shown["history"][-1][1] == "new to closed by Ana Torres: done in April"


# sandbox


def test_the_sandbox_says_what_it_lacks_where_only_an_admin_s_part_is_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "croniter", None)

    result = run("sandbox", "--once")

    assert result.exit_code == 2
    assert "make run" in result.stderr


def test_the_sandbox_is_given_its_options(monkeypatch, tmp_path: Path):
    posts = tmp_path / "posts.jsonl"
    posts.touch()
    given = []
    monkeypatch.setattr(sandbox_run, "main", lambda options: given.append(options) or 3)

    result = run("sandbox", "--posts", posts, "--tenants", 3, "--state", tmp_path, "--now", "2025-09-30T23:59Z",
                 "--once", "--json", "--port", 8080, "--board")  # fmt: skip

    assert result.exit_code == 3, result.output
    (options,) = given
    assert (options.posts, options.tenants, options.state, options.port) == (posts, 3, tmp_path, 8080)
    assert options.now == datetime(2025, 9, 30, 23, 59, tzinfo=UTC)
    assert options.once
    assert options.json
    assert options.board


def test_a_history_is_played_between_two_days(monkeypatch, tmp_path: Path):
    history = tmp_path / "history.jsonl"
    history.touch()
    given = []
    monkeypatch.setattr(sandbox_run, "main", lambda options: given.append(options) or 0)

    run("sandbox", "--history", history, "--from", "2025-01-01", "--until", "2025-02-01", "--once")

    assert (given[0].history, given[0].first, given[0].last) == (history, date(2025, 1, 1), date(2025, 2, 1))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--now", "yesterday"], "yesterday"),
        (["--now", "2025-09-30T23:59"], "zone"),
        (["--from", "soon"], "soon"),
        (["--json"], "--once"),
        (["--tenants", "0"], "--tenants"),
        (["--posts", "no-such-file"], "no-such-file"),
        (["--port", "70000"], "--port"),
    ],
)
def test_options_of_the_sandbox_that_make_no_sense_are_wrong_usage(options: list[str], said: str):
    result = run("sandbox", *options)

    assert result.exit_code == 2
    assert said in result.stderr


def test_explain_shows_the_fields_and_the_marked_text(tmp_path):
    done = run("explain", "mc1950218", "--posts", str(SAMPLES))

    assert done.exit_code == 0
    assert "Retirement" in done.output
    assert "<" in done.output


def test_explain_writes_a_page(tmp_path):
    page = tmp_path / "why.html"

    done = run("explain", "MC1950218", "--posts", str(SAMPLES), "--html", str(page))

    assert done.exit_code == 0
    assert "<mark" in page.read_text()


def test_explain_says_which_post_is_not_there():
    done = run("explain", "MC1", "--posts", str(SAMPLES))
    missing = run("explain", "MC9999999", "--posts", str(SAMPLES))

    assert done.exit_code == 1
    assert "no Message Center id" in done.output + done.stderr
    assert missing.exit_code == 1
    assert "there is no MC9999999 in" in missing.output + missing.stderr


# Replay and history

OLD = {
    **POST, "lastModifiedDateTime": "2026-03-01T08:00:00Z", "category": "planForChange",
    "body": {"contentType": "html", "content": "<p>When this will happen:</p><p>General Availability (Worldwide): "
    "We will begin rolling out in early May 2026.</p><p>Owners see it.</p>"},
}  # fmt: skip
NEW = {
    **OLD, "lastModifiedDateTime": "2026-03-08T08:00:00Z",
    "body": {"contentType": "html", "content": "<p>Updated March 8, 2026: We have changed the timeline below.</p>"
    "<p>When this will happen:</p><p>General Availability (Worldwide): We will begin rolling out in early June 2026 "
    "(previously early May).</p><p>Members see it.</p>"},
}  # fmt: skip


@pytest.fixture
def versions(tmp_path: Path) -> Path:
    file = tmp_path / "history.jsonl"
    both = ({"observed": "2026-03-01T09:00:00Z", "post": OLD}, {"observed": "2026-03-08T09:00:00Z", "post": NEW})
    file.write_text("".join(json.dumps(line) + "\n" for line in both))
    return file


def test_replay_prints_one_object_for_each_line(versions: Path):
    result = run("replay", versions)

    first, second = map(json.loads, result.stdout.splitlines())
    assert result.exit_code == 0
    assert (first["id"], first["modified"], first["revision"]) == ("MC1000001", "2026-03-01T08:00:00Z", 1)
    assert [event["type"] for event in first["events"]] == ["announced"]
    assert [event["type"] for event in second["events"]] == ["dates_moved", "text_changed"]
    assert second["events"][0]["slips"][0]["days"] == 31


def test_replay_names_a_line_that_is_no_post_and_goes_on(versions: Path):
    versions.write_text("{broken\n" + versions.read_text() + "{broken\n")

    result = run("replay", versions)

    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 2
    assert f"{versions}:1: is no JSON" in result.stderr
    assert "neither can be read: line 4" in result.stderr


def test_history_tells_what_happened_and_how_far_the_dates_slipped(versions: Path):
    said = " ".join(run("history", "mc1000001", "--posts", versions).output.split())

    for words in (
        "Dates moved once, 31 days later in all",
        "early May 2026 -> early June 2026, 31 days later",
        "- Owners see it.",
        "+ Members see it.",
    ):
        assert words in said, words


def test_history_as_json(versions: Path):
    found = json.loads(run("history", "MC1000001", "--posts", versions, "--json").stdout)

    assert found["moved"] == {"times": 1, "days": 31, "what": "General availability, worldwide, its start"}
    assert [event["type"] for event in found["events"]] == ["announced", "dates_moved", "text_changed"]


def test_history_of_a_post_that_is_not_there_says_so(versions: Path):
    result = run("history", "MC7654321", "--posts", versions)

    assert result.exit_code == 1
    assert "there is no MC7654321" in result.stderr
