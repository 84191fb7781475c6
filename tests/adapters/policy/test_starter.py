"""The policy to start from: current, without a fault, and right over three years of real posts."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest

from shared.adapters import registry
from shared.adapters.policy.faults import UNFILLED
from shared.adapters.policy.file import DEFAULT, check_text, load_file
from shared.adapters.policy.starter import OTHERS, Answers, areas, listed, mail, ownership, scalar, starter, uncovered
from shared.cli.past_posts import play, read_versions
from shared.core.backtest.report import report
from shared.core.policy.model import TicketSystemEntry
from shared.core.policy.warnings import warnings

REAL = Path(__file__).parents[4] / "shared" / "data"
needs_real_posts = pytest.mark.skipif(
    not (REAL / "history.jsonl.gz").is_file(), reason="needs the real posts in ../shared/data"
)
STARTER = DEFAULT.with_name("starter.yaml")
EVERYBODY = {name: mail(name, "example.com") for name in ownership()["roles"]}
FULL = Answers(channels=True, roles=EVERYBODY)


def checked(answers: Answers):
    """The policy that comes of the answers, its faults and its warnings."""
    made = check_text(starter(answers), "made.yaml")
    return made.policy, [str(fault) for fault in made.faults], warnings(made.policy) if made.policy else []


@pytest.mark.parametrize(("file", "answers"), [(DEFAULT, Answers()), (STARTER, FULL)])
def test_the_policies_that_ship_are_those_that_init_writes(file, answers):
    """Else: foresignal init config/policy.yaml --yes --force, and config/starter.yaml with --channels."""
    assert file.read_text() == starter(answers)


@pytest.mark.parametrize(
    "answers",
    [
        Answers(),
        FULL,
        Answers(channels=True),
        Answers(channels=True, roles={"help_desk": "group: Help desk"}),
        Answers(organisation="Contoso\n# & Söhne: {x}", domain="contoso.example"),
        Answers(tenants={"home": "", "fabrikam": "11111111-1111-1111-1111-111111111111"}),
        Answers(owners={"messaging": "group: M365 Messaging"}, deputies={"messaging": "ben@contoso.example"}),
        Answers(owners={"messaging": 'yes"#: -'}),
        Answers(merged=dict.fromkeys([name for name in areas() if name != "workplace"], "workplace")),
        Answers(channels=True, merged={"copilot": "compliance", "compliance": "security"}),
        Answers(seen=("Microsoft Teams", "Microsoft Frobnicator", "yammer ", "true")),
    ],
)
def test_whatever_is_answered_makes_a_policy_without_fault_or_warning(answers):
    _, faults, warned = checked(answers)

    assert faults == []
    assert [what for what in warned if "Microsoft has no service" not in what[1]] == []


@pytest.mark.parametrize("kind", registry.kinds("tickets"))
def test_every_ticket_system_with_an_example_lacks_what_only_a_person_knows(kind):
    if kind not in ownership()["tickets"]:
        pytest.skip(f"{kind} has no example; init asks for what it needs")
    _, faults, _ = checked(Answers(tickets=kind))

    assert [fault for fault in faults if UNFILLED not in str(fault)] == []


def test_a_new_ticket_system_files_nothing_and_says_what_is_to_be_filled_in():
    made = check_text(starter(Answers(tickets="servicenow", tenants={"home": "", "fabrikam": "1111"})), "made.yaml")

    assert made.policy.tickets["crb"].mode == "dry_run"
    assert [note.path for note in made.faults_of_a_new_one] == [
        "tenants.fabrikam.auth.client_id",
        "tickets.crb.settings.instance",
        "tickets.crb.settings.client_id",
    ]


def test_the_register_is_our_own_and_live_at_once():
    policy, _, _ = checked(Answers())

    assert policy.tickets["crb"].mode == "live"


def test_the_models_default_stays_live():
    assert TicketSystemEntry(kind="register").mode == "live"


def test_what_is_answered_stands_in_the_policy():
    policy, _, _ = checked(
        replace(
            FULL,
            organisation="Contoso",
            tenants={"contoso": "", "fabrikam": "1111"},
            owners={"messaging": "ana@contoso.example"},
            deputies={"messaging": "ben@contoso.example"},
            domain="contoso.example",
            merged={"compliance": "security"},
        )
    )

    assert list(policy.tenants) == ["contoso", "fabrikam"]
    assert policy.tenants["fabrikam"].auth.kind == "federated"
    assert (policy.teams["messaging"].owner, policy.teams["messaging"].deputy) == (
        "ana@contoso.example",
        "ben@contoso.example",
    )
    assert policy.teams["devices"].owner == "devices@contoso.example"
    assert "compliance" not in policy.teams
    assert policy.workloads["purview"].team == "security"
    assert policy.channels["messaging"].settings == {"url": "TEAMS_MESSAGING_URL"}


def test_services_that_no_proposal_covers_are_named_once_and_get_a_place_of_their_own():
    seen = ("Microsoft Teams", "MICROSOFT  teams", "Yammer", "Microsoft Frobnicator", "Microsoft Frobnicator ")
    policy, _, _ = checked(Answers(seen=seen))

    assert uncovered(seen) == ("Microsoft Frobnicator",)
    assert policy.workloads[OTHERS].services == ("Microsoft Frobnicator",)
    assert OTHERS not in checked(Answers(seen=seen[:3]))[0].workloads


def test_a_comment_stands_above_every_key_also_with_channels():
    lines = STARTER.read_text().splitlines()
    keys = (
        "tenant_id", "cloud", "ring", "auth", "plan", "required", "owner", "deputy", "absent", "channel", "crb_group",
        "cover_for", "aliases", "titles", "catch_all", "who", "url", "kind", "mode", "on_cancel", "reopen", "inbound",
        "privacy", "time_zone", "digest", "quiet", "most_a_day", "fallback", "continue",
    )  # fmt: skip
    for key in keys:
        first = next(index for index, line in enumerate(lines) if line.strip("# ").startswith(f"{key}:"))
        assert lines[first - 1].strip().startswith("#"), key


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("ana@example.com", "ana@example.com"),
        ("Power BI", "Power BI"),
        ("Microsoft Copilot (Microsoft 365)", "Microsoft Copilot (Microsoft 365)"),
        ("on", '"on"'),
        ("Null", '"Null"'),
        ("", '""'),
        ("group: x", '"group: x"'),
        ("a #b", '"a #b"'),
        ("Teams ", '"Teams "'),
        ("365", '"365"'),
        ("2026-01-01", '"2026-01-01"'),
        ("é", '"é"'),
    ],
)
def test_a_value_is_quoted_where_yaml_would_take_it_for_something_else(value, written):
    assert scalar(value) == written


def test_a_list_that_is_too_wide_for_a_line_has_one_line_a_value():
    assert listed(["a b", "cd"], 4, "services") == "services: [a b, cd]"
    assert listed(["x" * 60, "y" * 60], 4, "services").splitlines() == [
        "services:",
        "      - " + "x" * 60,
        "      - " + "y" * 60,
    ]


# Over real posts


@needs_real_posts
@pytest.mark.parametrize("name", ["messages.jsonl.gz", "history.jsonl.gz"])
def test_over_real_posts_it_is_neither_deaf_nor_noisy(name):
    policy = load_file(STARTER)
    changes, wrong = read_versions(REAL / name)
    found = report(name, play(changes, [policy]), 0, policy)

    assert wrong == 0
    assert found.changes == 2907
    assert found.ownerless < 0.05 * found.changes
    assert 0.10 <= found.ticketed / found.changes <= 0.25
    assert found.busiest[1] <= 0.30, found.busiest
    assert len(found.missed) < 0.005 * found.changes
    assert found.unticketed == 0


@needs_real_posts
def test_the_services_of_real_posts_are_all_proposed():
    with gzip.open(REAL / "messages.jsonl.gz") as posts:
        seen = {service for post in map(json.loads, posts) for service in post["services"] or ()}

    assert len(seen) > 30
    assert uncovered(seen) == ()
