"""`infra/group.py`: what azd provision does, for who has a resource group only. az and azd are small programs here."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.infra.bicep_names import INFRA

AZD = """#!{python}
import json, pathlib, sys
state = pathlib.Path(__file__).with_name("azd.json")
values = json.loads(state.read_text())
match sys.argv[1:]:
    case ["env", "get-values", "--output", "json"]:
        print(json.dumps(values))
    case ["env", "set", name, value]:
        state.write_text(json.dumps(values | {{name: value}}))
    case _:
        sys.exit(64)
"""
AZ = """#!{python}
import json, os, pathlib, sys
here = pathlib.Path(__file__).parent
if sys.argv[1:4] == ["ad", "signed-in-user", "show"]:
    print("00000000-0000-0000-0000-00000000000a")
elif (here / "refuse").exists():
    sys.stderr.write("AuthorizationFailed\\n")
    sys.exit(1)
else:
    asked = {{"arguments": sys.argv[1:], "environment": dict(os.environ)}}
    (here / "asked.json").write_text(json.dumps(asked))
    outputs = {{"foresignaL_APP_NAME": "func-1", "AZURE_RESOURCE_GROUP": "rg-given"}}
    print(json.dumps({{name: {{"type": "String", "value": value}} for name, value in outputs.items()}}))
"""
SET_UP = {"AZURE_ENV_NAME": "contoso", "AZURE_SUBSCRIPTION_ID": "sub-1", "AZURE_LOCATION": "westeurope"}


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder of programs, with an azd environment."""
    for name, text in (("az", AZ), ("azd", AZD)):
        program = tmp_path / name
        program.write_text(text.format(python=sys.executable), encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "azd.json").write_text(json.dumps(SET_UP), encoding="utf-8")
    return tmp_path


def deploy(machine: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(INFRA / "group.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": str(machine), "HOME": os.environ.get("HOME", "")},
    )


def kept(machine: Path) -> dict[str, str]:
    return json.loads((machine / "azd.json").read_text(encoding="utf-8"))


def test_it_deploys_into_the_group_with_what_azd_knows_and_hands_azd_the_outputs(machine: Path) -> None:
    done = deploy(machine, "rg-given")

    assert (done.returncode, done.stderr) == (0, "")
    asked = json.loads((machine / "asked.json").read_text(encoding="utf-8"))
    arguments = asked["arguments"]
    assert arguments[:5] == ["deployment", "group", "create", "--resource-group", "rg-given"]
    assert arguments[arguments.index("--subscription") + 1] == "sub-1"
    assert Path(arguments[arguments.index("--parameters") + 1]) == INFRA / "group.bicepparam"
    assert SET_UP.items() <= asked["environment"].items()
    assert asked["environment"]["AZURE_PRINCIPAL_ID"] == "00000000-0000-0000-0000-00000000000a"
    assert kept(machine) == {
        **SET_UP,
        "AZURE_PRINCIPAL_ID": "00000000-0000-0000-0000-00000000000a",
        "FORESIGNAL_SECRET_HOSTS": "required",
        "FORESIGNAL_APP_NAME": "func-1",
        "AZURE_RESOURCE_GROUP": "rg-given",
    }


def test_a_deployment_that_exists_keeps_how_its_secrets_are_bound(machine: Path) -> None:
    known = {**SET_UP, "FORESIGNAL_APP_NAME": "func-1", "AZURE_PRINCIPAL_ID": "p", "FORESIGNAL_SIZE": "large"}
    (machine / "azd.json").write_text(json.dumps(known), encoding="utf-8")

    assert deploy(machine, "rg-given").returncode == 0
    environment = json.loads((machine / "asked.json").read_text(encoding="utf-8"))["environment"]
    assert "FORESIGNAL_SECRET_HOSTS" not in environment
    assert (environment["FORESIGNAL_SIZE"], environment["AZURE_PRINCIPAL_ID"]) == ("large", "p")
    assert kept(machine) == {**known, "AZURE_RESOURCE_GROUP": "rg-given"}


def test_what_azure_refuses_changes_nothing_here(machine: Path) -> None:
    (machine / "refuse").touch()
    done = deploy(machine, "rg-given")

    assert done.returncode == 1
    assert done.stderr.splitlines() == ["AuthorizationFailed", "az deployment group create ... failed with status 1"]
    assert kept(machine) == SET_UP


def test_what_is_missing_is_said(machine: Path) -> None:
    (machine / "azd.json").write_text(json.dumps({"AZURE_ENV_NAME": "contoso"}), encoding="utf-8")
    assert deploy(machine, "rg-given").stderr == (
        "first: azd env set AZURE_SUBSCRIPTION_ID VALUE; azd env set AZURE_LOCATION VALUE\n"
    )
    (machine / "azd").unlink()
    assert "azd is not installed" in deploy(machine, "rg-given").stderr
    assert deploy(machine).returncode == 2
    assert deploy(machine, "--help").returncode == 2
