"""The sandbox reaches this machine and nothing else, whichever client calls and whatever the policy says."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sandbox import tenants
from sandbox.errors import SandboxError
from sandbox.guard import Guard, OutsideError
from sandbox.options import Options
from sandbox.ticket_systems import SYSTEMS
from shared.adapters import registry
from shared.cli.main import app

ROOT = Path(__file__).parents[2]
CALLS = {
    "a name": "socket.create_connection(('crb.example.com', 443), 3)",
    "an address": "socket.create_connection(('203.0.113.7', 443), 3)",
    "an address of version 6": "socket.create_connection(('2001:db8::7', 443), 3)",
    "a mapped address": "socket.create_connection(('::ffff:203.0.113.7', 443), 3)",
    "Azure's metadata": "socket.create_connection(('169.254.169.254', 80), 3)",
    "a datagram": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('203.0.113.7', 53))",
    "the standard library": "urllib.request.urlopen('http://crb.example.com', timeout=3)",
    "our HTTP client": "asyncio.run(ours())",
    "aiohttp": "asyncio.run(other())",
    "azure-identity": (
        "ClientSecretCredential('11111111-1111-1111-1111-111111111111', 'x', 'y')"
        ".get_token('https://graph.microsoft.com/.default')"
    ),
}
SCRIPT = """
import asyncio, json, logging, socket, sys, urllib.request
from sandbox import guard
guard.keep_inside(sys.argv[1:])
import aiohttp
from azure.identity import ClientSecretCredential
from shared.adapters.clients.http import Http
logging.disable()

async def ours():
    http = Http()
    try:
        await http.send("GET", "https://crb.example.com/", what="the board")
    finally:
        await http.close()

async def other():
    async with aiohttp.ClientSession() as session:
        await session.get("https://crb.example.com/")

def chain(error):
    while error:
        yield type(error).__name__ + str(error)
        error = error.__cause__ or error.__context__

said = {}
for name, call in json.loads(sys.stdin.read()).items():
    try:
        exec(call)
        said[name] = "through"
    except Exception as error:
        said[name] = "refused" if any("calls no outside host" in each for each in chain(error)) else repr(error)
listening = socket.create_server(("127.0.0.1", 0))
socket.create_connection(("localhost", listening.getsockname()[1]), 3)
said["this machine"] = "through"
print(json.dumps(said))
"""


def test_no_client_leaves_this_machine() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT], input=json.dumps(CALLS), capture_output=True, text=True, cwd=ROOT, check=True,
        timeout=120,
    )  # fmt: skip

    assert json.loads(ran.stdout) == dict.fromkeys(CALLS, "refused") | {"this machine": "through"}


def test_an_allowed_name_may_be_looked_up_and_no_other() -> None:
    guard = Guard(["CRB.example.com."])

    guard("socket.getaddrinfo", ("crb.example.com", 443, 0, 0, 0))
    with pytest.raises(OutsideError, match="--allow other"):
        guard("socket.getaddrinfo", ("other.example.com", 443, 0, 0, 0))


def test_an_allowed_name_opens_its_own_addresses_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: [(2, 1, 6, "", ("203.0.113.7", 0))])
    guard = Guard(["crb.example.com"])
    connection = socket.socket()

    guard("socket.connect", (connection, ("203.0.113.7", 443)))
    with pytest.raises(OutsideError):
        guard("socket.connect", (connection, ("203.0.113.8", 443)))
    connection.close()


@pytest.mark.parametrize("host", ["https://crb.example.com", "crb.example.com/path", "", "a b", "-crb"])
def test_what_is_no_name_of_a_host_is_not_allowed(host: str) -> None:
    with pytest.raises(SandboxError, match="--allow takes the name of a host"):
        Options(allow=(host,))


SAMPLE = tenants.SAMPLE.read_text("utf-8")
SETTINGS = {
    "servicenow": "{instance: contoso, client_id: x, client_secret: NAME}",
    "jira": "{site: contoso, email: a@b.example, token: NAME, project: CRB, issue_type: Change}",
    "azure_devops": "{organization: contoso, project: Changes, work_item_type: Issue}",
    "freshservice": "{domain: contoso, api_key: NAME, requester_id: 1, key_field: key}",
    "webhook": "{url: NAME, secret: OTHER}",
    "redmine": "{url: https://redmine.contoso.example, api_key: NAME, project: crb, tracker: Change, key_field: key}",
}


def live(kind: str, mode: str = "live") -> str:
    """The sandbox's policy with a ticket system of this kind."""
    return SAMPLE.replace(
        "    kind: register\n", f"    kind: {kind}\n    mode: {mode}\n    settings: {SETTINGS[kind]}\n"
    )


@pytest.mark.parametrize("kind", SETTINGS)
def test_every_ticket_system_of_a_live_policy_is_refused_with_what_to_do(kind: str) -> None:
    policy = tenants.checked(live(kind), "live.yaml")

    with pytest.raises(SandboxError, match=rf"tickets.crb is a {kind} .*--tickets .*dry_run.*--allow HOST"):
        tenants.refuse_outside(policy, "live.yaml", SYSTEMS)


def test_every_kind_of_ticket_system_is_tried() -> None:
    assert set(SETTINGS) == set(registry.kinds("tickets")) - {"register"}


@pytest.mark.parametrize(
    "text", [pytest.param(SAMPLE, id="register"), pytest.param(live("webhook", "dry_run"), id="dry")]
)
def test_the_register_and_a_dry_run_call_nobody(text: str) -> None:
    tenants.refuse_outside(tenants.checked(text, "live.yaml"), "live.yaml", SYSTEMS)


def test_the_command_refuses_a_live_policy_before_anything_starts(tmp_path: Path) -> None:
    file = tmp_path / "live.yaml"
    file.write_text(live("servicenow"), "utf-8")

    ran = subprocess.run(
        [Path(sys.executable).with_name("foresignal"), "sandbox", "--once", "--policy", file],
        capture_output=True, text=True, cwd=ROOT, timeout=120, check=False,
    )  # fmt: skip

    said = " ".join((ran.stdout + ran.stderr).split())
    assert ran.returncode == 1
    assert "tickets.crb is a servicenow outside this machine" in said
    assert "Traceback" not in said


def test_help_says_what_allow_does() -> None:
    assert "--allow" in CliRunner().invoke(app, ["sandbox", "--help"]).stdout
