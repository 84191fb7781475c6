"""A policy is put to sleep and woken with one line, and comes back as it was."""

import pytest

from shared.adapters.policy.asleep import asleep_text, awake_text, sleeps
from shared.adapters.policy.file import DEFAULT, check_text
from shared.adapters.policy.yaml_lines import parse

GOOD = "tenants: {home: {}}\nteams: {messaging: {owner: ana@example.com}}\nroutes: {team: messaging}\n"


@pytest.mark.parametrize(
    "text",
    [
        DEFAULT.read_text(encoding="utf-8"),
        DEFAULT.with_name("starter.yaml").read_text(encoding="utf-8"),
        GOOD,
        f"# A comment.\r\n{GOOD}",
        GOOD.rstrip("\n"),
        f"---\n# A comment.\n{GOOD}",
        f"--- # Ours.\r\n{GOOD}",
        f"# A comment.\n---\n{GOOD}...\n",
        f"%YAML 1.1\n---\n# A comment.\n{GOOD}",
        f"\ufeff# A comment.\n{GOOD}",
        f"\ufeff---\n# A comment.\n{GOOD}",
    ],
    ids=[
        "default", "starter", "short", "comment", "no newline at the end", "marker", "marker with a comment",
        "comment before the marker", "directive", "byte order mark", "byte order mark and marker",
    ],
)  # fmt: skip
def test_a_policy_comes_back_as_it_was(text):
    asleep = asleep_text(text)

    assert parse(asleep, "").data == {**parse(text, "").data, "asleep": True}
    assert asleep_text(asleep) == asleep
    assert awake_text(asleep) == text
    assert awake_text(text) == text


@pytest.mark.parametrize("line", ["asleep: true", "asleep: false", "asleep:   true # why", "asleep : true"])
def test_what_somebody_wrote_there_is_replaced(line):
    for text in (f"{GOOD}{line}\n", f"{line}\n{GOOD}", f"{GOOD}{line}"):
        assert parse(asleep_text(text), "").data["asleep"] is True
        assert awake_text(text) == GOOD


@pytest.mark.parametrize(
    "text",
    [
        "# A comment.\n{tenants: {home: {}}, teams: {m: {owner: a@b.c}}, routes: {team: m}}",
        "--- {tenants: {home: {}}, teams: {m: {owner: a@b.c}}, routes: {team: m}}\n",
    ],
    ids=["flow", "flow behind the marker"],
)
def test_where_no_line_can_stand_the_values_stay_and_the_comments_go(text):
    asleep = asleep_text(text)

    assert check_text(asleep, "").policy.asleep
    assert parse(awake_text(asleep), "").data == parse(text, "").data


@pytest.mark.parametrize("text", ["tenants: [", "", "only text", "a: 1\na: 2\n"])
def test_a_policy_with_faults_is_left_as_it_is_beside_the_line(text):
    assert asleep_text(text).endswith(text)
    assert "asleep: true" in asleep_text(text)


def test_a_policy_is_awake_unless_it_says_otherwise():
    assert not check_text(GOOD, "").policy.asleep
    assert check_text(f"asleep: 'yes'\n{GOOD}", "x").faults


@pytest.mark.parametrize(
    ("text", "asleep"),
    [
        (GOOD, False),
        (f"asleep: true\n{GOOD}", True),
        (f"asleep: true\n{GOOD}a: [", True),
        (f"asleep: true\n{GOOD}wrong: key\n", True),
        (f"{GOOD}a: [", False),
        ("# asleep: true\na: [", False),
        ("", False),
    ],
)
def test_what_sleeps_is_known_in_spite_of_faults(text, asleep):
    assert sleeps(text) is asleep
