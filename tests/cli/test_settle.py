"""`foresignal settle` and `foresignal labels` over real storage."""

import asyncio
import json

import pytest

from shared.usecases.changes.classify import classify
from shared.usecases.posts.deduplicate import deduplicate
from tests.cli.test_cli import NOW, _app, _put_policy, run, state, waiting
from tests.cli.test_release import POLICY, _envelope
from tests.usecases.world import batch, post

__all__ = ["state"]
ID = "MC1200001"


@pytest.fixture
def known(state):
    """Two changes that are decided, one of them on data privacy."""

    async def arrive():
        ours = _app(state)
        private = post("MC1200002", title="On \x1b[31m people's data", tags=["GDPR"])
        await deduplicate(ours.deps, batch(post(), private, tenant="home", observed=NOW))
        for message in await asyncio.to_thread(waiting, state, "changes"):
            await classify(ours.deps, _envelope(message))
        await ours.close()

    asyncio.run(_put_policy(state, POLICY))
    asyncio.run(arrive())
    return state


def lines(result):
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


def test_without_fields_it_shows_what_counts_what_was_read_and_who_settled_it(known):
    assert lines(run("settle", ID, "act_by=2026-09-30", "--by", "Ana Silva", "--state", known))

    shown = lines(run("settle", "mc1200001", "--state", known))

    assert shown[0] == "MC1200001: Retirement of the old viewer"
    (act_by,) = [line.split() for line in shown if line.startswith("act_by")]
    assert act_by == ["act_by", "2026-09-30", "2026-12-01", "by", "Ana", "Silva", "on", "2", "March", "2026"]
    data = {each["field"]: each for each in json.loads(run("settle", ID, "--json", "--state", known).stdout)}
    assert (data["act_by"]["value"], data["act_by"]["read"], data["act_by"]["by"]) == (
        "2026-09-30",
        "2026-12-01",
        "Ana Silva",
    )
    assert data["kind"]["settled"] is None


def test_it_says_what_becomes_of_each_field_and_what_does_not_fit(known):
    told = lines(run("settle", ID, "action=none", "training=no", "--by", "Ana", "--state", known))

    assert told[0] == "action: none (it was read as required)"
    assert "does not fit: admin_impact is high; with action=none" in "\n".join(told)
    assert any("admin_impact=" in line for line in told)

    again = lines(run("settle", ID, "action=none", "--by", "Ben", "--state", known))
    assert again == ["action: nothing changes, none was settled by Ana on 2 March 2026"]

    other = lines(run("settle", ID, "action=optional", "--by", "Ben", "--state", known))
    assert other[0] == "action: optional (it was none, settled by Ana on 2 March 2026)"

    released = lines(run("settle", ID, "--release", "action", "--state", known))
    assert released[0].startswith(
        "action: left to the reader again, who reads required (it was optional, settled by Ben"
    )


def test_what_follows_is_sent_at_once(known):
    before = len(waiting(known, "changes"))

    data = json.loads(run("settle", ID, "crb=no", "--json", "--state", known).stdout)

    assert data["written"]
    assert data["fields"] == [{"field": "crb", "old": True, "new": False, "changes": True, "before": None}]
    assert waiting(known, "changes")[before:] == [{"ids": [ID]}], "the guard is not to be seen yet"


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        (["kind"], "is no FIELD=VALUE"),
        (["kind=nonsense"], "kind cannot be 'nonsense'"),
        (["colour=red"], "is no field that can be settled"),
        (["kind=info", "--release", "kind"], "named twice"),
        (["rollouts=ga mars 2026-05-01"], "are not known"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_settled(known, fields, fault):
    result = run("settle", ID, *fields, "--state", known)

    assert result.exit_code == 2
    assert fault in " ".join(result.output.replace("│", "").split())
    assert all(each["settled"] is None for each in json.loads(run("settle", ID, "--json", "--state", known).stdout))


def test_an_unknown_change_is_one_line(known):
    result = run("settle", "MC1999999", "kind=info", "--state", known)

    assert result.exit_code == 1
    assert result.stderr == "error: there is no change MC1999999\n"


def test_labels_are_offered_without_posts_on_data_privacy_and_without_their_text(known, tmp_path):
    assert json.loads(run("labels", "--state", known).stdout or "null") is None
    lines(run("settle", ID, "kind=security", "crb=yes", "--by", "Ana", "--state", known))
    lines(
        run(
            "settle",
            ID,
            "rollouts=ga worldwide,gcc 2026-05-01..2026-05-10 to 2026-06-30",
            "--by",
            "Ben",
            "--state",
            known,
        )
    )
    lines(run("settle", "MC1200002", "kind=security", "--state", known))

    assert lines(run("labels", "--out", tmp_path / "labels.jsonl", "--state", known)) == [
        f"wrote {tmp_path / 'labels.jsonl'}: 3 fields of 1 change"
    ]

    ana, ben = (json.loads(line) for line in (tmp_path / "labels.jsonl").read_text().splitlines())
    edition = ana.pop("edition")
    assert edition.startswith("20260830100000-")
    assert ana == {"id": ID, "kind": "security", "crb": True, "by": "Ana"}
    window = {
        "phase": "ga", "clouds": ["worldwide", "gcc"],
        "start": ["2026-05-01", "2026-05-10"], "end": ["2026-06-30", "2026-06-30"],
    }  # fmt: skip
    assert ben == {"id": ID, "rollouts": [window], "edition": edition, "by": "Ben"}
