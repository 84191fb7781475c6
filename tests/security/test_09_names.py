"""Names that cannot meet: two deployments never share a key, a label or a tag, and no policy has a name twice."""

import re
from itertools import product

import pytest

from shared import app, settings
from shared.adapters.policy.file import check_text, faults, load
from shared.core import names
from shared.core.errors import PermanentError
from shared.core.tickets.content import ticket_key
from shared.record.changes import insert_change
from tests.cli.test_cli import GOOD, _put_policy, run, state  # noqa: F401 - a fixture
from tests.infra.bicep_names import INFRA, code
from tests.security.test_01_closed_pages import OURS
from tests.usecases.world import World, policy, post

GOOD_NAMES = ["a", "7", "contoso", "contoso-prod", "contoso--prod", "2026", "a" * 64]
BAD_NAMES = {
    "a capital": "Prod",
    "all capitals": "PROD",
    "an underscore": "contoso_prod",
    "a blank, which ends a label": "contoso prod",
    "a semicolon, which ends a tag": "contoso;prod",
    "a comma": "contoso,prod",
    "a quote of a search": 'contoso"prod',
    "a quote of another": "contoso'prod",
    "a caret, which ends a condition at ServiceNow": "contoso^prod",
    "a line of its own": "contoso\n",
    "a letter that only looks like one": "c\u043entoso",
    "a letter that folds to another": "stra\u00dfe",
    "a digit of another script": "contoso\u0663",
    "a dot": "contoso.prod",
    "a slash": "a/b",
    "a hyphen at the end": "contoso-",
    "a hyphen in front": "-contoso",
    "too much": "a" * 65,
    "nothing": "",
}


@pytest.mark.parametrize("name", GOOD_NAMES)
def test_a_good_name_is_taken(name):
    assert names.deployment_fault(name) == ""


@pytest.mark.parametrize("name", BAD_NAMES.values(), ids=BAD_NAMES)
def test_a_name_that_can_meet_another_is_none_for_a_new_deployment(name):
    assert "must be lower-case letters, digits and -" in names.deployment_fault(name)


def test_keys_of_two_deployments_are_two_to_a_system_that_ignores_case_and_each_is_one_word():
    changes = ["MC1234567", "MC12345678"]
    keys = [ticket_key(name, change) for name, change in product([*GOOD_NAMES, "contoso-mc1234567"], changes)]

    assert len({key.casefold() for key in keys}) == len(keys)
    assert all(re.fullmatch(r"[A-Za-z0-9-]+", key) for key in keys)


def as_bicep_says(name):
    """The rule of infra/modules/names.bicep, with its own letters, without a Bicep compiler."""
    [rule] = re.findall(r"^func nameIsGood\(.*?\) bool => (.+)$", code(INFRA / "modules" / "names.bicep"), re.MULTILINE)
    [letters] = re.findall(r"at => !contains\('(.*?)', substring\(name, at, 1\)\)", rule)
    assert " && !startsWith(name, '-') && !endsWith(name, '-') && " in rule
    for entry in ("main.bicep", "group.bicep"):
        assert code(INFRA / entry).count(f"@maxLength({names.LONGEST_DEPLOYMENT})\nparam ") == 2
    return (
        0 < len(name) <= names.LONGEST_DEPLOYMENT
        and all(letter in letters for letter in name)
        and not name.startswith("-")
        and not name.endswith("-")
    )


@pytest.mark.parametrize("name", [*GOOD_NAMES, *BAD_NAMES.values()])
def test_bicep_has_the_same_rule(name):
    assert as_bicep_says(name) == (not names.deployment_fault(name))


def test_bicep_takes_the_same_letters_and_no_others():
    for letter in map(chr, range(0x250)):
        name = f"a{letter}a"
        assert as_bicep_says(name) == (not names.deployment_fault(name)), repr(letter)


def test_bicep_refuses_before_anything_is_made_and_lets_a_deployment_that_exists_keep_its_name():
    main, given = code(INFRA / "main.bicep"), code(INFRA / "main.bicepparam")
    rule = code(INFRA / "modules" / "names.bicep")
    [group] = re.findall(r"^resource group .*?^}", main, re.DOTALL | re.MULTILINE)

    assert re.search(r"=> inUse \|\| nameIsGood\(.*\) \? \(.*\) : fail\('", rule)
    assert "environmentName == toLower(environmentName)" in rule  # rg-Prod is rg-prod to Azure
    assert "'foresignal-deployment': deployment }" in group
    for text in (main, code(INFRA / "group.bicep")):
        assert "var deployment = deploymentOf(deploymentName, environmentName, nameInUse)\n" in text
        uses = re.findall(r"^.*\bdeploymentName\b.*$", text, re.MULTILINE)
        others = {
            "param deploymentName string = ''",
            "    deploymentName: deploymentName",
            "    deploymentName: deployment",
        }
        assert {use for use in uses if "deploymentOf" not in use} <= others, (
            "whatever else uses it goes around the rule"
        )
    assert "!empty(readEnvironmentVariable('FORESIGNAL_APP_NAME', ''))" in given
    assert "output FORESIGNAL_APP_NAME string" in main  # azd keeps outputs, and hands them to the parameters


@pytest.fixture
async def started(monkeypatch):
    """Starts a process whose deployment is called so, as the platform does."""

    def start(name):
        for key, value in {**OURS, "FORESIGNAL_DEPLOYMENT": name}.items():
            monkeypatch.setenv(key, value)
        monkeypatch.setattr(app, "_app", None)
        monkeypatch.setattr(app, "_around", None)
        return app.current()

    yield start
    await app.close()


async def test_a_process_of_an_old_deployment_starts_with_a_warning_and_keeps_its_keys(started, caplog):
    running = started("Contoso_Prod")

    (warning,) = [record for record in caplog.records if record.name == "foresignal"]
    assert warning.levelname == "WARNING"
    assert "'Contoso_Prod' must be lower-case" in warning.getMessage()
    assert ticket_key(running.settings.deployment, "MC1234567") == "foresignal-Contoso_Prod-MC1234567"


async def test_a_good_name_starts_in_silence(started, caplog):
    started("contoso-prod")

    assert not [record for record in caplog.records if record.name == "foresignal"]


@pytest.fixture
def called(monkeypatch):
    """Gives the deployment behind `--state` another name."""

    def call(name):
        real = settings.Settings

        def named(**values):
            return real(**{**values, "deployment": name})

        monkeypatch.setattr(settings, "Settings", named)

    return call


def pushed(file, folder):
    return run("policy", "push", file, "--by", "ana", "--state", folder)


def test_the_first_policy_of_a_deployment_with_a_bad_name_is_refused(state, called, tmp_path):  # noqa: F811
    (tmp_path / "policy.yaml").write_text(GOOD)
    called("Prod")

    result = pushed(tmp_path / "policy.yaml", state)

    assert result.exit_code == 1
    assert "'Prod' must be lower-case" in result.output
    assert "azd env set FORESIGNAL_DEPLOYMENT NAME" in result.output
    assert "none was pushed" in run("policy", "show", "--state", state).output


async def _take_in(folder):
    around = app.Surroundings(settings.Settings("t", "", connection_string=(folder / "connection.txt").read_text()))
    ours = app.App(around)
    world = World(policy())
    await world.arrive(post())
    change = await world.change()
    await ours.tables.commit("changes", [insert_change(change)])
    await ours.close()


@pytest.mark.parametrize("in_use", ["a policy was pushed", "changes are recorded"])
def test_one_that_is_in_use_is_only_warned(state, called, tmp_path, in_use):  # noqa: F811
    import asyncio

    (tmp_path / "policy.yaml").write_text(GOOD)
    asyncio.run(_put_policy(state, GOOD.encode() + b"# older\n") if "policy" in in_use else _take_in(state))
    called("Prod")

    result = pushed(tmp_path / "policy.yaml", state)

    assert result.exit_code == 0, result.output
    assert "warning: the deployment's name 'Prod' must be lower-case" in result.stderr
    assert "keeps its name" in result.stderr


@pytest.mark.parametrize(("name", "expected"), [("Prod", True), ("prod", False), (None, False)])
def test_init_says_so_where_the_deployment_is_named_in_the_shell(name, expected, tmp_path, monkeypatch):
    monkeypatch.delenv("FORESIGNAL_DEPLOYMENT", raising=False)
    if name:
        monkeypatch.setenv("FORESIGNAL_DEPLOYMENT", name)

    result = run("init", tmp_path / "my.yaml", "--yes")

    assert result.exit_code == 0, result.output
    assert ("must be lower-case letters" in result.stderr) is expected


TWICE = {
    "tenants": ("contoso: {}", "CONTOSO: {}"),
    "teams": ("mail-team: {owner: a@example.com}", "mail_team: {owner: b@example.com}"),
    "workloads": (
        "exchange: {services: Exchange Online, team: messaging}",
        "Exchange: {services: Microsoft Teams, team: messaging}",
    ),
    "tickets": ("crb: {kind: register}", "Crb: {kind: register}"),
}


@pytest.mark.parametrize("section", TWICE)
def test_two_spellings_of_one_name_are_refused_in_a_new_policy_and_go_on_in_one_that_is_in_force(section):
    first, second = TWICE[section]
    base = {
        "tenants": "tenants: {home: {}",
        "teams": "teams: {messaging: {owner: ana@example.com}",
        "workloads": "workloads: {x: {services: Planner, team: messaging}",
        "tickets": "tickets: {y: {kind: register}",
    }
    lines = [f"{line}, {first}, {second}}}" if name == section else f"{line}}}" for name, line in base.items()]
    text = "\n".join([*lines, "routes: {team: messaging}", ""])

    (fault,) = faults(text, "policy.yaml")

    assert f"{section}.{second.partition(':')[0]}: " in fault
    assert "in another spelling" in fault
    assert not check_text(text, "policy.yaml").faults
    assert load(text, "policy.yaml").tenants


def test_names_that_differ_in_more_are_left_alone():
    assert not faults(GOOD.replace("messaging: {", "messaging2: {owner: b@example.com}, messaging: {"), "policy.yaml")


def test_a_missing_name_stops_the_process_with_what_to_do():
    with pytest.raises(PermanentError, match="FORESIGNAL_DEPLOYMENT"):
        settings.from_environment({**OURS, "FORESIGNAL_DEPLOYMENT": ""})
