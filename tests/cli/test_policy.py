"""`foresignal check` and `foresignal policy`, as an admin and a pipeline use them."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.cli.test_cli import GOOD, _put_policy, run, state  # noqa: F401 - a fixture

WARNED = Path(__file__).parents[1] / "adapters" / "policy" / "warned" / "team-that-owns-nothing.yaml"


@pytest.fixture
def good(tmp_path: Path) -> Path:
    file = tmp_path / "policy.yaml"
    file.write_text(GOOD)
    return file


def test_a_warning_is_told_and_is_no_fault_unless_it_is_strict():
    told = run("check", WARNED)
    strict = run("check", WARNED, "--strict")

    assert told.exit_code == 0
    assert told.stdout.splitlines()[0].startswith(f"warning: {WARNED}:6: teams.devices: owns no workload")
    assert "1 warning" in told.stdout.splitlines()[-1]
    assert strict.exit_code == 1


def test_a_pipeline_gets_one_object_a_line(tmp_path: Path):
    file = tmp_path / "policy.yaml"
    file.write_text(GOOD.replace("messaging: {", "messaging: {ownr: eve, ", 1))

    result = run("check", file, "--json")

    (fault,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert set(fault) == {"file", "line", "path", "kind", "message"}
    assert (fault["kind"], fault["path"]) == ("fault", "teams.messaging.ownr")
    assert fault["message"].endswith("did you mean 'owner'?")


def test_services_of_posts_that_nobody_owns_are_named(good: Path, tmp_path: Path):
    posts = tmp_path / "posts.jsonl"
    lines = [{"id": f"MC120000{n}", "services": ["Microsoft Loom"]} for n in range(3)]
    posts.write_text("".join(json.dumps(line) + "\n" for line in [*lines, lines[0]]) + "no JSON\n")

    result = run("check", good, "--posts", posts)

    assert "nobody owns 'Microsoft Loom', which 3 posts name" in result.stdout
    assert f"{posts}:5: is no JSON" in result.stderr


def test_missing_secrets_are_named_and_present_ones_never_shown(tmp_path: Path, state: Path, monkeypatch):  # noqa: F811
    file = tmp_path / "policy.yaml"
    file.write_text(
        GOOD + "channels:\n  a: {kind: teams_workflow, settings: {url: HERE_URL}}\n"
        "  b: {kind: teams_workflow, settings: {url: NOWHERE_URL}}\n"
    )
    monkeypatch.setenv("HERE_URL", "https://example.test/?sig=hidden")

    result = run("check", file, "--secrets", "--state", state)

    assert result.exit_code == 1
    assert "channels.b.settings.url: secret NOWHERE_URL is not set" in result.stdout
    assert "hidden" not in result.output
    assert "HERE_URL is not set" not in result.stdout.replace("NOWHERE_URL", "")


def test_the_address_of_a_channel_is_judged(tmp_path: Path, state: Path, monkeypatch):  # noqa: F811
    file = tmp_path / "policy.yaml"
    names = {
        "CUT": "https://prod-12.westeurope.logic.azure.com/workflows/0f9e?api-version=1",
        "OLD": "https://contoso.webhook.office.com/webhookb2/0f9e/IncomingWebhook/x",
    }
    entries = "".join(f"  {name.lower()}: {{kind: teams_workflow, settings: {{url: {name}}}}}\n" for name in names)
    file.write_text(f"{GOOD}channels:\n{entries}")
    for name, address in names.items():
        monkeypatch.setenv(name, address + "\n")

    result = run("check", file, "--secrets", "--state", state)

    assert "channels.cut.settings.url: secret CUT: its address has no `sig`" in result.stdout
    assert "channels.old.settings.url: secret OLD: an Office 365 connector" in result.stdout
    assert "0f9e" not in result.output


def test_a_secret_that_lets_ticket_systems_in_must_not_be_guessed(good: Path, state: Path, monkeypatch):  # noqa: F811
    good.write_text(GOOD + "tickets: {crb: {kind: register, inbound: DOOR}, two: {kind: register, inbound: GATE}}\n")
    monkeypatch.setenv("DOOR", "hunter2")
    monkeypatch.setenv("GATE", "a secret of 24 characters")

    result = run("check", good, "--secrets", "--state", state)

    assert "tickets.crb.inbound: secret DOOR is shorter than 24 characters" in result.stdout
    assert "hunter2" not in result.output
    assert "GATE" not in result.output


def test_online_asks_every_adapter_whether_it_may_do_its_work(good: Path, state: Path):  # noqa: F811
    good.write_text(
        GOOD + "tickets: {crb: {kind: register}}\nchannels: {a: {kind: teams_workflow, settings: {url: X_URL}}}\n"
    )

    result = run("check", good, "--online", "--state", state)

    assert result.exit_code == 0, result.output
    assert "tickets.crb: the built-in register, in the deployment's own storage" in result.stdout
    assert "channels.a: cannot be tried without posting a card there" in result.stdout


@pytest.mark.parametrize("given", ["nowhere.yaml", "."])
def test_what_is_no_file_is_said(given: str):
    result = run("check", given)

    assert result.exit_code in {1, 2}
    assert "Traceback" not in result.output


def test_a_life_of_pushes(good: Path, state: Path, tmp_path: Path):  # noqa: F811
    before = len(json.loads(run("policy", "versions", "--json", "--state", state).stdout or "[]"))
    dry = run("policy", "push", good, "--dry-run", "--state", state)
    assert "nothing was pushed" in dry.stdout
    pushed = run("policy", "push", good, "-m", "the first", "--by", "ana", "--state", state)
    assert " by ana " in pushed.stdout
    assert "nothing was pushed" in run("policy", "push", good, "--state", state).stdout

    mine = tmp_path / "mine.yaml"
    assert "pushed by ana" in run("policy", "pull", mine, "--state", state).stdout
    assert run("policy", "pull", mine, "--state", state).exit_code == 2
    mine.write_text(mine.read_text() + "# mine\n")
    good.write_text(GOOD + "# ben was faster\n")
    run("policy", "push", good, "--by", "ben", "--state", state)
    refused = run("policy", "push", mine, "--state", state)
    assert refused.exit_code == 1
    assert "ben pushed" in refused.stderr

    found = json.loads(run("policy", "versions", "--json", "--state", state).stdout)[before:]
    assert [(one["who"], one["message"], one["in force"]) for one in found] == [
        ("ana", "the first", False), ("ben", "", True),
    ]  # fmt: skip
    back = run("policy", "back", found[0]["version"], "--by", "cyd", "--state", state)
    assert "is in force again" in back.stdout
    assert run("policy", "show", "--state", state).stdout == GOOD
    assert run("policy", "show", "--version", found[1]["version"], "--state", state).stdout.endswith("faster\n")
    assert "back to" in run("policy", "versions", "--state", state).stdout


@pytest.mark.parametrize(
    ("command", "wrong"),
    [
        (("route", "--service", "Exchange Online", "--starts"), "9999-12-31"),
        (("route", "--service", "Exchange Online", "--act-by"), "0001-01-01"),
        (("sandbox", "--from"), "1989-12-31"),
        (("sandbox", "--until"), "9999-12-31"),
        (("sandbox", "--now"), "0001-01-01T00:00Z"),
        (("backtest", "--posts", "README.md", "--since"), "99999w"),
    ],
)
def test_a_day_that_nobody_can_mean_is_wrong_usage(command: tuple[str, ...], wrong: str, tmp_path: Path):
    posts = tmp_path / "posts.jsonl"
    posts.write_text(json.dumps({"id": "MC1200001", "startDateTime": "2026-08-01T00:00:00Z"}))

    assert run(*(posts if word == "README.md" else word for word in command), wrong).exit_code == 2


def test_what_only_a_newer_rule_refuses_is_in_force_and_can_come_back_but_not_be_pushed(
    good: Path,
    state: Path,  # noqa: F811
):
    absurd = GOOD + "first_load: {days: 99999999999}\n"
    asyncio.run(_put_policy(state, absurd.encode()))

    shown = run("policy", "show", "--state", state)
    good.write_text(absurd)
    pushed = run("policy", "push", good, "--state", state)

    assert (shown.exit_code, shown.stdout) == (0, absurd)
    assert "to be mended before the next push" in shown.stderr
    assert "first_load.days: must be at most 3660 days" in shown.stderr
    assert pushed.exit_code == 1
    assert "first_load.days: must be at most 3660 days" in pushed.stdout
