"""`export`, `import`, `sleep` and `wake` as an admin types them; tests/e2e/test_export.py moves everything."""

import asyncio
import gzip
import hashlib
import json
import stat
from collections import Counter
from pathlib import Path

import pytest

from sandbox.clock import SandboxClock
from shared.adapters.policy.in_force import PolicyInForce
from shared.core.messages import Envelope
from shared.core.ports.storage import Row, Write
from shared.record.audit import newest_entries
from shared.record.imports import begin_import
from shared.usecases.upkeep import export
from tests.cli.test_cli import GOOD, NOW, _app, _furnish, _put_policy, run


@pytest.fixture(autouse=True)
def _no_minute(monkeypatch):
    monkeypatch.setattr(export, "KNOWN_AFTER", 0.0)


def furnished(folder: Path, connection: str) -> Path:
    folder.mkdir()
    (folder / "connection.txt").write_text(connection)
    SandboxClock(folder).start(NOW)
    asyncio.run(_furnish(folder))
    with_storage(folder, lambda ours: ours.queues.create(["posts-poison", "tasks-poison"]))
    return folder


@pytest.fixture
def state(storage_of_its_own: str, tmp_path: Path) -> Path:
    return furnished(tmp_path / "state", storage_of_its_own)


@pytest.fixture
def other(another_storage: str, tmp_path: Path) -> Path:
    return furnished(tmp_path / "other", another_storage)


def with_storage(state, work):
    async def done():
        ours = _app(state)
        try:
            return await work(ours)
        finally:
            await ours.close()

    return asyncio.run(done())


def policy(state):
    return run("policy", "show", "--state", state).stdout


def in_force(state):
    """What a process has in force that starts now, and one that had `GOOD` before."""

    async def asked(ours):
        source = PolicyInForce(ours.blobs, lambda: NOW)
        await source._take(GOOD, "", pushed=False)
        return [(await each.current()).asleep for each in (PolicyInForce(ours.blobs, lambda: NOW), source)]

    return with_storage(state, asked)


def put(state, name, text):
    with_storage(state, lambda ours: ours.blobs.put("config", name, text.encode()))


def audited(state):
    found = with_storage(state, lambda ours: newest_entries(ours.tables, NOW.replace(month=NOW.month + 1)))
    return [entry.what for entry in found.entries]


def refitted(file, lines):
    """The file with these lines, and an end that is right."""
    *lines, end = lines
    whole = json.loads(end)
    whole["end"]["checksum"] = hashlib.sha256("".join(lines).encode()).hexdigest()
    whole["end"]["lines"] = len(lines)
    whole["end"]["blobs"] = Counter(each["blob"] for each in map(json.loads, lines) if "blob" in each)
    file.write_text("".join(lines) + json.dumps(whole) + "\n")


@pytest.fixture
def file(state, tmp_path):
    """An export of a deployment with a policy and a row."""
    asyncio.run(_put_policy(state, GOOD.encode()))
    with_storage(
        state, lambda ours: ours.tables.commit("closings", [Write("insert", Row("2026-03", "x", {"n": 2**40}))])
    )
    made = tmp_path / "all.jsonl"
    assert run("export", made, "--state", state).exit_code == 0
    return made


@pytest.mark.parametrize("name", ["all.jsonl", "all.jsonl.gz"])
def test_only_its_owner_reads_the_file_and_no_half_one_is_left(state, tmp_path, name):
    made = run("export", tmp_path / name, "--state", state)

    assert made.exit_code == 0, made.output
    assert "personal data" in made.stdout
    assert "foresignal sleep" in made.stderr
    data = (tmp_path / name).read_bytes()
    lines = (gzip.decompress(data) if name.endswith(".gz") else data).splitlines()
    assert json.loads(lines[0])["deployment"] == "sandbox"
    assert "end" in json.loads(lines[-1])
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob("all*")] == [name]
    assert audited(state) == ["export"]


def test_an_export_right_after_sleep_waits_until_every_process_knows(state, tmp_path, monkeypatch):
    paused = []

    async def pause(deps, since, tell):
        tell("Waiting")
        paused.append(since)

    monkeypatch.setattr(export, "wait_until_known", pause)
    put(state, "policy.yaml", GOOD)
    awake = run("export", tmp_path / "awake.jsonl", "--state", state)
    assert run("sleep", "--state", state).exit_code == 0
    asleep = run("export", tmp_path / "asleep.jsonl", "--state", state)

    assert (awake.exit_code, asleep.exit_code) == (0, 0)
    assert ("Waiting" in awake.stderr, "Waiting" in asleep.stderr) == (False, True)
    assert len(paused) == 1


def test_an_export_that_is_refused_leaves_the_file_that_was_there(state, tmp_path):
    there = tmp_path / "all.jsonl"
    there.write_text("an earlier one")
    with_storage(state, lambda ours: ours.queues.send("posts", Envelope({}, NOW)))

    assert run("export", there, "--state", state).exit_code == 2
    refused = run("export", there, "--force", "--state", state)

    assert refused.exit_code == 1
    assert "queue posts holds about 1 messages" in refused.stderr
    assert there.read_text() == "an earlier one"
    assert len(list(tmp_path.glob("all*"))) == 1


def test_an_import_sleeps_and_wake_asks(file, other):
    taken = run("import", file, "--state", other)
    assert taken.exit_code == 0, taken.output
    assert policy(other).startswith("asleep: true  # until `foresignal wake`\n")
    health = run("health", "--state", other)
    assert (health.exit_code, "asleep: nothing is read" in health.stdout) == (1, True)
    row = with_storage(other, lambda ours: ours.tables.get("closings", "2026-03", "x"))
    assert row.values == {"n": 2**40}

    assert run("wake", "--state", other, given=b"n\n").exit_code == 1
    assert policy(other).startswith("asleep: true")
    assert run("wake", "--state", other, given=b"y\n").exit_code == 0
    assert policy(other) == GOOD
    assert "awake already" in run("wake", "--state", other).stdout
    assert audited(other)[:2] == ["wake", "import"]


def test_a_new_deployment_is_put_to_sleep_before_its_app_is_there_and_takes_an_import(file, other):
    slept = run("sleep", "--state", other)
    assert slept.exit_code == 0, slept.output
    assert in_force(other) == [True, True]

    taken = run("import", file, "--state", other)

    assert taken.exit_code == 0, taken.output
    assert policy(other).endswith(GOOD)
    assert in_force(other) == [True, True]


def test_what_sleeps_is_not_woken_by_a_policy_that_is_pushed(state, tmp_path):
    given = tmp_path / "policy.yaml"
    given.write_text(GOOD)
    assert run("policy", "push", given, "--state", state).exit_code == 0
    assert run("sleep", "--state", state).exit_code == 0
    assert "asleep already" in run("sleep", "--state", state).stdout
    version = json.loads(run("policy", "versions", "--json", "--state", state).stdout)[0]["version"]

    for refused in (run("policy", "push", given, "--state", state), run("policy", "back", version, "--state", state)):
        assert refused.exit_code == 1
        assert "this deployment is asleep, and that policy would wake it" in refused.stderr
    given.write_text(f"asleep: true\n{GOOD}# more\n")
    assert run("policy", "push", given, "--state", state).exit_code == 0
    assert run("wake", "--yes", "--state", state).exit_code == 0
    assert policy(state) == f"{GOOD}# more\n"


FAULTY = [GOOD.replace("owner:", "ownr:", 1), f"{GOOD}a: [\n", f"asleep: true\n{GOOD}wrong: key\n"]


@pytest.mark.parametrize("faulty", FAULTY)
def test_a_policy_with_a_fault_is_put_to_sleep_as_the_last_good_one_and_stays_a_version(state, faulty):
    put(state, "policy.yaml", faulty)
    put(state, "policy.last-good.yaml", GOOD)

    slept = run("sleep", "--state", state)

    assert slept.exit_code == 0, slept.output
    assert "the policy has a fault" in slept.stderr
    assert in_force(state) == [True, True]
    kept, asleep = json.loads(run("policy", "versions", "--json", "--state", state).stdout)
    assert kept["version"] in slept.stderr
    assert asleep["in force"]
    assert run("policy", "show", "--version", kept["version"], "--state", state).stdout == faulty
    assert run("wake", "--yes", "--state", state).exit_code == 0
    assert policy(state) == GOOD
    assert in_force(state) == [False, False]


@pytest.mark.parametrize("last_good", [None, FAULTY[0]])
def test_without_any_good_policy_nothing_says_that_it_sleeps(state, last_good):
    put(state, "policy.yaml", FAULTY[0])
    if last_good:
        put(state, "policy.last-good.yaml", last_good)

    refused = run("sleep", "--state", state)

    assert refused.exit_code == 1
    assert "mend it and push it" in refused.stderr
    assert policy(state) == FAULTY[0]


def test_what_sleeps_is_woken_in_spite_of_a_fault_that_came_since(state):
    put(state, "policy.yaml", GOOD)
    assert run("sleep", "--state", state).exit_code == 0
    put(state, "policy.yaml", FAULTY[0])
    assert in_force(state)[0]

    woken = run("wake", "--yes", "--state", state)

    assert woken.exit_code == 0, woken.output
    assert "the policy has a fault" in woken.stderr
    assert in_force(state) == [False, False]


def test_a_policy_with_a_fault_sleeps_after_an_import_too(state, other, tmp_path):
    put(state, "policy.yaml", FAULTY[0])
    put(state, "policy.last-good.yaml", GOOD)
    put(other, "policy.yaml", GOOD)
    assert run("export", tmp_path / "all.jsonl", "--state", state).exit_code == 0

    taken = run("import", tmp_path / "all.jsonl", "--state", other)

    assert taken.exit_code == 0, taken.output
    assert "the policy has a fault" in taken.stderr
    assert in_force(other) == [True, True]


def test_a_file_without_a_good_policy_is_not_taken(state, other, tmp_path):
    put(state, "policy.yaml", FAULTY[0])
    with_storage(state, lambda ours: ours.tables.commit("closings", [Write("insert", Row("2026-03", "x", {"n": 1}))]))
    put(state, "policy.last-good.yaml", GOOD)
    assert run("export", tmp_path / "all.jsonl", "--state", state).exit_code == 0
    lines = (tmp_path / "all.jsonl").read_text().splitlines(keepends=True)
    refitted(tmp_path / "all.jsonl", [line for line in lines if "last-good" not in line])

    refused = run("import", tmp_path / "all.jsonl", "--state", other)

    assert refused.exit_code == 1
    assert "the policy in the file has a fault" in refused.stderr
    assert with_storage(other, lambda ours: ours.tables.get("closings", "2026-03", "x")) is None
    assert run("policy", "show", "--state", other).stderr.startswith("none was pushed")


@pytest.mark.parametrize("faulty", [f"asleep: true\n{FAULTY[0]}", f"asleep: true\n{FAULTY[1]}", FAULTY[0]])
def test_a_push_over_a_policy_with_a_fault_wakes_nothing(state, tmp_path, faulty):
    given = tmp_path / "policy.yaml"
    given.write_text(GOOD)
    assert run("policy", "push", given, "--state", state).exit_code == 0
    version = json.loads(run("policy", "versions", "--json", "--state", state).stdout)[0]["version"]
    put(state, "policy.yaml", faulty)
    put(state, "policy.last-good.yaml", f"asleep: true\n{GOOD}")

    for refused in (run("policy", "push", given, "--state", state), run("policy", "back", version, "--state", state)):
        assert refused.exit_code == 1
        assert "this deployment is asleep, and that policy would wake it" in refused.stderr


def test_no_policy_is_pushed_into_an_import_that_is_not_done(state, tmp_path):
    asyncio.run(_put_policy(state, f"asleep: true\n{GOOD}".encode()))
    with_storage(state, lambda ours: begin_import(ours.tables, "a file"))
    given = tmp_path / "policy.yaml"
    given.write_text(f"asleep: true\n{GOOD}# more\n")

    refused = run("policy", "push", given, "--state", state)

    assert refused.exit_code == 1
    assert "repeat it with the same file first" in refused.stderr


def test_an_import_that_ended_in_the_middle_is_not_woken(state):
    asyncio.run(_put_policy(state, f"asleep: true\n{GOOD}".encode()))
    with_storage(state, lambda ours: begin_import(ours.tables, "a file"))

    refused = run("wake", "--yes", "--state", state)

    assert refused.exit_code == 1
    assert "repeat it with the same file first" in refused.stderr


def test_another_name_is_warned_of_and_asked_about(file, other):
    text = file.read_text().replace('"deployment":"sandbox"', '"deployment":"contoso"')
    refitted(file, text.splitlines(keepends=True))

    refused = run("import", file, "--state", other, given=b"n\n")
    assert refused.exit_code == 1
    assert "the file is of a deployment called contoso, and this one is called sandbox" in refused.stderr
    assert run("policy", "show", "--state", other).stderr.startswith("none was pushed")
    assert run("import", file, "--yes", "--state", other).exit_code == 0


@pytest.mark.parametrize("cut", [20, -1, -9])
def test_a_compressed_file_that_was_cut_says_where(state, other, tmp_path, cut):
    made = tmp_path / "all.jsonl.gz"
    run("export", made, "--state", state)
    made.write_bytes(made.read_bytes()[:cut])

    refused = run("import", made, "--state", other)

    assert refused.exit_code == 1
    assert "is cut or damaged" in refused.stderr
    assert run("policy", "show", "--state", other).stderr.startswith("none was pushed")


def test_a_file_that_is_no_export_is_refused(tmp_path, other):
    given = tmp_path / "posts.jsonl"
    given.write_bytes(b"\xff\xfe\n")

    assert "line 1 is cut or damaged" in run("import", given, "--state", other).stderr
