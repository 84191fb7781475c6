"""`foresignal grant` with an `az` on PATH that keeps what it is told in a file, and is a program of its own."""

import asyncio
import json
import os
import stat
import sys
from pathlib import Path

import pytest

from shared.core.clouds import CLOUDS
from shared.core.upkeep.graph_roles import READ_POSTS, READ_TASKS, WRITE_TASKS
from tests.cli.test_cli import _put_policy, run, state  # noqa: F401 - a fixture

IDENTITY = "11111111-2222-4333-8444-555555555555"
APP = "00000000-0000-4000-8000-00000000feed"
AZ = f"""#!{sys.executable}
import json, pathlib, sys
here = pathlib.Path(__file__).parent
state = json.loads((here / "state.json").read_text())
words = sys.argv[1:]
body = next((json.loads(pathlib.Path(w[1:]).read_text()) for w in words if w.startswith("@")), None)
state["calls"].append([w if not w.startswith("@") else "BODY" for w in words])
(here / "state.json").write_text(json.dumps(state))
if state["fails"]:
    sys.exit(print(state["fails"], file=sys.stderr) or 1)
if words[:3] == ["ad", "sp", "show"]:
    print(json.dumps("graph-object"))
elif "GET" in words:
    url = words[words.index("--url") + 1]  # a role a page
    at = int(url.partition("skiptoken=")[2] or 0)
    page = {{"value": [{{"appRoleId": role}} for role in state["granted"][at:at + 1]]}}
    if at + 1 < len(state["granted"]):
        page["@odata.nextLink"] = url.partition("?")[0] + f"?$skiptoken={{at + 1}}"
    print(json.dumps(page))
elif "POST" in words:
    if state["refuses"]:
        sys.exit(print(state["refuses"], file=sys.stderr) or 1)
    state["granted"].append(body["appRoleId"])
    state["bodies"].append(body)
    (here / "state.json").write_text(json.dumps(state))
    print(json.dumps(body))
"""
POLICY = """
tenants:
  home: {{plan: p, cloud: {cloud}}}
  fabrikam:
    tenant_id: "22222222-2222-4333-8444-555555555555"
    cloud: {cloud}
    auth: {{kind: federated, client_id: "{app}"}}
teams: {{messaging: {{owner: ana@contoso.example}}}}
routes: {{team: messaging}}
planner: {{mode: {planner}}}
"""


class Azure:
    def __init__(self, folder: Path) -> None:
        self.file = folder / "state.json"
        self.file.write_text(json.dumps({"granted": [], "calls": [], "bodies": [], "fails": "", "refuses": ""}))
        program = folder / "az"
        program.write_text(AZ)
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    def set(self, **values):
        self.file.write_text(json.dumps(self.state | values))

    @property
    def state(self):
        return json.loads(self.file.read_text())


@pytest.fixture
def azure(tmp_path, monkeypatch):
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("FORESIGNAL_IDENTITY_PRINCIPAL_ID", IDENTITY)
    return Azure(folder)


@pytest.fixture
def policy(tmp_path):
    return lambda **over: write(tmp_path / "policy.yaml", **over)


def write(file, *, cloud="worldwide", planner="off"):
    file.write_text(POLICY.format(cloud=cloud, planner=planner, app=APP))
    return file


def test_what_is_missing_is_granted_once_and_nothing_else_is_touched(azure, policy):
    azure.set(granted=["another-role", READ_TASKS.id])
    first = run("grant", "--policy", policy())
    again = run("grant", "--policy", policy())

    assert first.exit_code == again.exit_code == 0, first.output
    assert "ServiceMessage.Read.All: granted" in first.stdout
    assert "Tasks.Read.All: it was granted before" in first.stdout
    assert "ServiceMessage.Read.All: it was granted before" in again.stdout
    assert azure.state["bodies"] == [
        {"principalId": IDENTITY, "resourceId": "graph-object", "appRoleId": READ_POSTS.id}
    ]
    assert not any("DELETE" in call for call in azure.state["calls"])
    assert "foresignal grant --consent fabrikam" in first.stderr


def test_a_role_that_includes_another_is_enough_and_writing_needs_the_larger_one(azure, policy):
    azure.set(granted=[WRITE_TASKS.id])
    read = run("grant", "--policy", policy())
    azure.set(granted=[READ_TASKS.id])
    written = run("grant", "--policy", policy(planner="live"))

    assert "Tasks.Read.All: it was granted before" in read.stdout
    assert "Tasks.ReadWrite.All: granted" in written.stdout


@pytest.mark.parametrize("cloud", ["gcch", "dod", "china"])
def test_another_cloud_has_its_own_graph_and_its_own_sign_in(azure, policy, cloud):
    file = policy(cloud=cloud)
    result = run("grant", "--policy", file)
    link = run("grant", "--policy", file, "--consent", "fabrikam")
    (url, *_) = [call[call.index("--url") + 1] for call in azure.state["calls"] if "POST" in call]

    assert result.exit_code == 0, result.output
    assert url == f"https://{CLOUDS[cloud].graph}/v1.0/servicePrincipals/{IDENTITY}/appRoleAssignments"
    assert all("--resource" in call for call in azure.state["calls"] if call[0] == "rest")
    assert link.stdout.startswith(f"https://{CLOUDS[cloud].login}/22222222-2222-4333-8444-555555555555/adminconsent")


def test_the_link_of_a_tenant_names_the_app_and_nothing_is_asked(azure, policy):
    result = run("grant", "--policy", policy(), "--consent", "fabrikam")

    assert result.stdout.strip() == (
        f"https://login.microsoftonline.com/22222222-2222-4333-8444-555555555555/adminconsent?client_id={APP}"
    )
    assert azure.state["calls"] == []


@pytest.mark.parametrize(
    ("tenant", "said"), [("home", "takes `foresignal grant`, and no link"), ("nobody", "the policy has no tenant")]
)
def test_a_tenant_without_a_link_is_said(azure, policy, tenant, said):
    result = run("grant", "--policy", policy(), "--consent", tenant)

    assert result.exit_code == 1
    assert said in result.stderr


@pytest.mark.parametrize(
    ("client", "tenant", "said"),
    [
        ("<clientId>", "fabrikam.onmicrosoft.com", "tenants.fabrikam.auth.client_id is '<clientId>'"),
        ("CHANGE-ME", "fabrikam.onmicrosoft.com", "docs/many-tenants.md"),
        (APP + "0", "fabrikam.onmicrosoft.com", "auth.client_id"),
        (APP, "fabrikam", "tenants.fabrikam.tenant_id is 'fabrikam'"),
        (APP, "CHANGE-ME", "tenants.fabrikam.tenant_id"),
        (APP, "a.example/evil?x=", "tenants.fabrikam.tenant_id"),
    ],
)
def test_there_is_no_link_to_what_is_not_filled_in(azure, tmp_path, client, tenant, said):
    file = write(tmp_path / "policy.yaml")
    file.write_text(file.read_text().replace(APP, client).replace("22222222-2222-4333-8444-555555555555", tenant))

    result = run("grant", "--policy", file, "--consent", "fabrikam")

    assert result.exit_code == 1
    assert "adminconsent" not in result.stdout
    assert said in result.stdout + result.stderr


def test_a_tenant_may_be_named_by_its_domain(azure, tmp_path):
    file = write(tmp_path / "policy.yaml")
    file.write_text(file.read_text().replace("22222222-2222-4333-8444-555555555555", "fabrikam.onmicrosoft.com"))

    result = run("grant", "--policy", file, "--consent", "fabrikam")

    assert result.stdout.startswith("https://login.microsoftonline.com/fabrikam.onmicrosoft.com/adminconsent")


@pytest.mark.parametrize("options", [(), ("--print",)])
def test_the_policy_that_comes_with_it_is_named_as_nobody_has_pushed_one(azure, state, options):  # noqa: F811
    """With Planner in a policy that comes later, the administrator would be asked twice."""
    result = run("grant", *options, "--state", state)

    assert result.exit_code == 0, result.output
    assert "config/policy.yaml, as none was pushed" in result.stderr
    assert "foresignal init my-policy.yaml" in result.stderr
    assert "--policy my-policy.yaml" in result.stderr


def test_the_policy_in_force_is_named(azure, state, tmp_path):  # noqa: F811
    asyncio.run(_put_policy(state, write(tmp_path / "policy.yaml").read_bytes()))

    result = run("grant", "--print", "--state", state)

    assert "Tasks.Read.All" in result.stdout
    assert result.stderr.strip() == "policy: the one in force"


def test_without_a_deployment_the_file_is_named(azure, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config").mkdir()
    write(tmp_path / "config" / "policy.yaml")

    result = run("grant", "--print")

    assert "Tasks.Read.All" in result.stdout
    assert "policy: config/policy.yaml, as no deployment is named here" in result.stderr.replace("\\", "/")
    assert "--policy my-policy.yaml" in result.stderr


def test_the_request_says_which_roles_why_what_they_allow_and_how(azure, policy):
    result = run("grant", "--policy", policy(planner="live"), "--print")

    assert result.exit_code == 0
    assert azure.state["calls"] == []
    for role in (READ_POSTS, WRITE_TASKS):
        assert role.name in result.stdout
        assert role.id in result.stdout
        assert role.why in result.stdout
        assert role.allows in result.stdout
    assert "Privileged Role Administrator" in result.stdout
    assert IDENTITY in result.stdout
    assert "Tasks.Read.All (" not in result.stdout, "the larger one includes it"
    assert f'\\"principalId\\": \\"{IDENTITY}\\"' in result.stdout


def test_the_printed_commands_do_what_the_command_does(azure, policy, tmp_path):
    """They run in a shell, with the same az; there the body is no file."""
    text = run("grant", "--policy", policy(), "--print").stdout
    commands = text[text.index("graph=$(") : text.index("The last command")]
    script = tmp_path / "az-in-shell"
    script.write_text(f"az() {{ printf '%s\\n' \"$@\" >> '{tmp_path}/said'; echo graph-object; }}\n{commands}")
    code = os.spawnlp(os.P_WAIT, "sh", "sh", str(script))
    said = (tmp_path / "said").read_text().splitlines()
    bodies = [json.loads(line) for line in said if line.startswith("{")]

    assert code == 0
    assert [body["appRoleId"] for body in bodies] == [READ_POSTS.id, READ_TASKS.id]
    assert {body["resourceId"] for body in bodies} == {"graph-object"}


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ({"fails": "ERROR: Please run 'az login' to setup account."}, "nobody is signed in to the Azure CLI: az login"),
        ({"refuses": "ERROR: Forbidden({'code': 'Authorization_RequestDenied'})"}, "foresignal grant --print"),
        ({"refuses": "ERROR: Bad Request(something odd)"}, "something odd"),
        ({"fails": "ERROR: no such service principal"}, "no such service principal"),
    ],
)
def test_what_azure_refuses_is_one_line_and_exit_code_1(azure, policy, spoil, said):
    azure.set(**spoil)

    result = run("grant", "--policy", policy())

    assert result.exit_code == 1
    assert said in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_whoever_was_faster_is_no_fault(azure, policy):
    azure.set(refuses="ERROR: Bad Request(Permission being assigned already exists on the object)")

    result = run("grant", "--policy", policy())

    assert result.exit_code == 0
    assert "ServiceMessage.Read.All: it was granted before" in result.stdout


def test_without_the_azure_cli_it_says_so(azure, policy, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))

    result = run("grant", "--policy", policy())

    assert result.exit_code == 1
    assert "https://aka.ms/azure-cli" in result.stderr


@pytest.mark.parametrize("given", ["", "me"])
def test_nobody_is_granted_anything_by_a_name(azure, policy, monkeypatch, given):
    monkeypatch.setenv("FORESIGNAL_IDENTITY_PRINCIPAL_ID", given)

    result = run("grant", "--policy", policy())

    assert result.exit_code == 1
    assert "azd env get-value FORESIGNAL_IDENTITY_PRINCIPAL_ID" in result.stderr
    assert azure.state["calls"] == []
