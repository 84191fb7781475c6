import asyncio
import json

import pytest
from typer.testing import CliRunner

from shared.adapters.policy.file import load_file
from shared.cli import policy_given
from shared.cli.main import app
from tests.usecases.world import World, policy, post


def run(*arguments: object, given: str = ""):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=given)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "my.yaml"


def test_without_questions_it_writes_a_policy_that_passes_the_check(file):
    result = run("init", file, "--yes")

    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"wrote {file}: 1 tenant, 8 teams, ")
    assert f"foresignal policy push {file}" in result.stdout
    assert "Key Vault" not in result.stdout
    assert run("check", "--strict", file).exit_code == 0


def test_the_schema_that_the_first_line_names_stands_beside_it(file):
    run("init", file, "--yes")

    assert json.loads(file.with_name("policy.schema.json").read_text())["title"] == "Policy"


def test_options_answer_everything(file):
    result = run(
        "init", file, "--yes", "--organisation", "Contoso", "--domain", "contoso.example", "--channels",
        "--tenant", "contoso", "--tenant", "fabrikam=1111", "--owner",
        "messaging=ana@contoso.example,ben@contoso.example",
        "--merge", "compliance=security", "--role", "help_desk=desk@contoso.example", "--tickets", "jira",
        "--ticket-setting", "project=BOARD",
    )  # fmt: skip

    assert result.exit_code == 0, result.output
    made = load_file(file)
    assert file.read_text().splitlines()[2].startswith("# The policy of Contoso:")
    assert (made.teams["messaging"].owner, made.teams["messaging"].deputy) == (
        "ana@contoso.example",
        "ben@contoso.example",
    )
    assert made.workloads["purview"].team == "security"
    assert made.roles.help_desk.who == ("desk@contoso.example",)
    assert made.roles.training_lead.who == ("training@contoso.example",)
    assert (made.tickets["crb"].kind, made.tickets["crb"].settings["project"]) == ("jira", "BOARD")
    assert "TEAMS-MESSAGING-URL" in result.stdout
    assert "JIRA-TOKEN" in result.stdout
    assert "client_id" in result.stdout


def test_it_asks_what_no_option_says(file):
    answers = [
        "Contoso", "contoso.example", "fabrikam=1111",
        "dee@contoso.example", "ana@contoso.example", "", "", "security", "-", "", "",  # the eight areas
        "y", "", "-", "",  # channels, and the three roles
        "jira", "", "", "", "BOARD", "",
    ]  # fmt: skip
    result = run("init", file, given="\n".join(answers) + "\n")

    assert result.exit_code == 0, result.output
    made = load_file(file)
    assert list(made.tenants) == ["home", "fabrikam"]
    assert made.teams["workplace"].owner == "dee@contoso.example"
    assert made.teams["collaboration"].owner == "collaboration@contoso.example"
    assert made.workloads["purview"].team == "security"
    assert made.workloads["intune"].team == "workplace"
    assert made.roles.user_communications_lead is None
    assert made.tickets["crb"].settings["project"] == "BOARD"


def test_a_file_that_is_there_is_not_overwritten_unless_told_to(file):
    file.write_text("mine")

    refused = run("init", file, "--yes")
    assert refused.exit_code == 2
    assert "--force" in refused.stderr
    assert file.read_text() == "mine"
    assert run("init", file, "--yes", "--force").exit_code == 0
    assert "tenants:" in file.read_text()


def test_services_in_posts_that_no_proposal_covers_are_said_and_owned(file, tmp_path):
    posts = tmp_path / "posts.jsonl"
    posts.write_text(json.dumps(post(services=["Exchange Online", "Microsoft Frobnicator"])))
    result = run("init", file, "--yes", "--posts", posts)

    assert "nobody's so far, look at workload others: Microsoft Frobnicator" in result.stdout
    assert load_file(file).workload_of("Microsoft Frobnicator") == "others"


def test_services_in_the_deployment_are_looked_at(file, monkeypatch):
    world = World(policy())
    asyncio.run(world.arrive(post(services=["Microsoft Frobnicator"])))
    monkeypatch.setattr(policy_given, "with_deployment", lambda state, work: asyncio.run(work(world.deps)))

    assert "Microsoft Frobnicator" in run("init", file, "--yes", "--seen").stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--owner", "mail=ana@x.example"], "unknown name 'mail' (known: workplace, messaging"),
        (["--owner", "messaging"], "'messaging' is no NAME=VALUE"),
        (["--merge", "messaging=mail"], "unknown area 'mail'"),
        (["--merge", "workplace=messaging"], "gets what nobody owns"),
        (["--role", "boss=ana@x.example"], "unknown name 'boss'"),
        (["--tickets", "remedy"], "unknown kind 'remedy'"),
    ],
)
def test_what_makes_no_sense_is_wrong_usage(file, options, said):
    result = run("init", file, "--yes", *options)

    assert result.exit_code == 2
    assert said in " ".join(result.stderr.replace("│", " ").split())
    assert not file.exists()


def test_answers_that_make_a_faulty_policy_are_told_and_nothing_is_written(file):
    result = run("init", file, "--yes", "--tenant", "a b", "--tickets", "jira", "--ticket-setting", "project=not a key")

    assert result.exit_code == 1
    assert "is no name" in result.stderr
    assert "tickets.crb.settings.project" in result.stderr
    assert not file.exists()


def test_a_tenant_is_added_to_the_own_one(file):
    run("init", file, "--yes", "--tenant", "fabrikam=1111")

    assert {name: each.tenant_id for name, each in load_file(file).tenants.items()} == {"home": "", "fabrikam": "1111"}


def test_a_tenant_without_an_id_names_the_own_one(file):
    run("init", file, "--yes", "--tenant", "fabrikam=1111", "--tenant", "contoso")

    assert list(load_file(file).tenants) == ["contoso", "fabrikam"]


def test_what_only_a_person_knows_is_listed_and_refused_by_check_and_push(file, tmp_path):
    result = run("init", file, "--yes", "--tickets", "servicenow")

    assert "tickets.crb.settings.instance" in result.stdout
    assert "begins as a dry run" in result.stdout
    for command in (("check", file), ("policy", "push", file)):
        refused = run(*command)
        assert refused.exit_code == 1
        assert "tickets.crb.settings.instance: is still to be filled in" in refused.stdout
