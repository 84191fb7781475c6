"""`foresignal doctor` over real storage and the sandbox's servers: each fault alone is named, with what mends it."""

import asyncio
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from azure.storage.blob.aio import BlobServiceClient
from azure.storage.queue.aio import QueueServiceClient

from sandbox.clock import SandboxClock
from sandbox.inbox.server import Inbox
from sandbox.microsoft365.credential import SIGN_IN, tenant_id
from sandbox.microsoft365.faults import Faults
from sandbox.microsoft365.feed import Feed
from sandbox.microsoft365.graph import graph_app
from sandbox.microsoft365.planner import Planner
from sandbox.microsoft365.serving import serve
from sandbox.ticket_systems.refusing import Switch
from sandbox.ticket_systems.servicenow.server import ServiceNow
from shared import app as composition
from shared.core import names
from shared.core.ports.storage import Row, Write
from shared.core.upkeep.remedies import REMEDIES
from shared.record.deliveries import Outage, Target, outage_row
from shared.settings import Settings
from shared.usecases.delivery.park import park
from shared.usecases.upkeep.lists import build
from tests.cli.test_cli import NOW, _app, _put_policy, run
from tests.storage_door import Door, behind, endpoints

FEDERATED = "00000000-0000-4000-8000-00000000feed"
POLICY = """
tenants:
  contoso: {tenant_id: "%(contoso)s", graph_url: "%(graph)s", plan: plan1}
  fabrikam:
    tenant_id: "%(fabrikam)s"
    graph_url: "%(graph)s"
    auth: {kind: federated, client_id: "%(app)s"}
teams: {messaging: {owner: ana@contoso.example, channel: mail}}
channels: {mail: {kind: teams_workflow, settings: {url: TEAMS_MAIL_URL}}}
tickets: {crb: {kind: servicenow, settings: %(crb)s}}
routes: {team: messaging, cards: owner, ticket: crb}
answers: {key: ANSWER_KEYS}
roadmap: {enabled: false}
"""


@dataclass
class Site:
    """A deployment that is right, and the handles with which a test spoils one thing."""

    state: Path
    doors: dict[str, Door]
    inbox: Inbox
    board: Switch
    faults: Faults
    secrets: dict[str, str]
    policy: str
    connection: str
    own: list[Any] = field(default_factory=list)

    def sign_in(self, tenant: str, **fault: Any) -> None:
        (self.state / SIGN_IN).write_text(json.dumps({tenant: fault}))

    def secret(self, name: str, value: str) -> None:
        self.secrets[name] = value
        (self.state / "secrets.json").write_text(json.dumps(self.secrets))

    def row(self, table: str, *writes: Write) -> None:
        async def commit() -> None:
            ours = _app(self.state)
            await ours.tables.commit(table, list(writes))
            await ours.close()

        asyncio.run(commit())


class Loop:
    """Servers in a thread of their own, as the command runs in ours."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._runners: list[Any] = []

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def serve(self, app: Any) -> str:
        runner, port = self.run(serve(app))
        self._runners.append(runner)
        return f"http://127.0.0.1:{port}"

    def close(self) -> None:
        for runner in self._runners:
            self.run(runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()


@pytest.fixture
def site(storage_of_its_own: str, tmp_path: Path) -> Iterator[Site]:
    loop = Loop()
    state = tmp_path / "state"
    state.mkdir()
    doors = {name: Door(url) for name, url in endpoints(storage_of_its_own).items()}
    at = {name: loop.serve(door.app()) for name, door in doors.items()}
    connection = behind(storage_of_its_own, at)
    (state / "connection.txt").write_text(connection)
    clock = SandboxClock(state)
    clock.start(NOW)
    faults, feed = Faults(), Feed([], ("contoso", "fabrikam"))
    graph = loop.serve(graph_app(feed, Planner(feed, NOW, {}), clock, faults))
    inbox, servicenow, board = Inbox(clock), ServiceNow(clock), Switch("servicenow")
    hook = loop.serve(inbox.app())
    crb = loop.serve(board.before(servicenow.app()))
    policy = POLICY % {
        "contoso": tenant_id("contoso"),
        "fabrikam": tenant_id("fabrikam"),
        "graph": graph,
        "app": FEDERATED,
        "crb": json.dumps(servicenow.settings(crb)),
    }
    made = Site(state, doors, inbox, board, faults, {}, policy, storage_of_its_own)
    made.secret("TEAMS_MAIL_URL", f"{hook}/hook/mail?sig=x")
    made.secret("SERVICENOW_SECRET", servicenow.secrets["SERVICENOW_SECRET"])
    made.secret("ANSWER_KEYS", "k1:not-a-secret-outside-this-machine\n")
    asyncio.run(_furnish(made))
    yield made
    loop.close()


async def _furnish(site: Site) -> None:
    ours = composition.App(
        composition.Surroundings(
            Settings("test", "", connection_string=site.connection), clock=SandboxClock(site.state)
        )
    )
    await ours.tables.create(names.TABLES)
    await ours.queues.create([*names.QUEUES, *(name + names.POISON for name in names.QUEUES)])
    await ours.blobs.create(names.CONTAINERS)
    await ours.blobs.put("config", "policy.yaml", site.policy.encode())
    for tenant, source in (("contoso", "messages"), ("contoso", "planner"), ("fabrikam", "messages")):
        await ours.tables.commit("tenants", [Write("insert", _fetched(tenant, source))])
    await build(ours.deps)
    await ours.close()


def _fetched(tenant: str, source: str, **ago: float) -> Row:
    return Row(tenant, f"snapshot|{source}", {"fetched": NOW - timedelta(**ago or {"minutes": 10}), "posts": 7})


def examined(site: Site, *options: str) -> tuple[int, list[dict[str, str]], str]:
    result = run("doctor", "--json", *options, "--state", site.state)
    assert result.stdout.startswith("{"), result.output
    return result.exit_code, json.loads(result.stdout)["findings"], result.stderr


def test_where_all_is_right_every_line_says_ok_and_nothing_is_changed(site):
    before = asyncio.run(_contents(site))
    code, findings, progress = examined(site)

    assert [f for f in findings if f["condition"] != "ok"] == []
    assert code == 0
    assert "asked" in progress
    assert {f["area"] for f in findings} == {
        "identity", "storage", "policy", "secrets", "tenants", "channels", "tickets", "answers", "clock", "fetch",
        "parked", "lists",
    }  # fmt: skip
    assert asyncio.run(_contents(site)) == before
    assert site.inbox.cards == []


async def _contents(site: Site) -> list[Any]:
    """Every row, blob and message that there is."""
    ours = _app(site.state)
    rows = [(name, row) for name in names.TABLES async for row in ours.tables.scan(name)]
    blobs = [(name, blob) for name in names.CONTAINERS for blob in await ours.blobs.names(name, "")]
    queues = [await ours.queues.look(name) for name in names.QUEUES]
    await ours.close()
    return [rows, blobs, queues]


# One fault alone. Each sets it, and says which finding fails, by subject and cause, and words of it and its remedy.


def no_graph_role(site: Site) -> None:
    site.sign_in("contoso", roles=["Tasks.Read.All"])


def no_role_there(site: Site) -> None:
    site.sign_in("fabrikam", roles=[])


def wrong_tenant(site: Site) -> None:
    site.sign_in("contoso", tid="00000000-0000-4000-8000-000000000bad")


def refusal(code: str, tenant: str = "fabrikam") -> Callable[[Site], None]:
    return lambda site: site.sign_in(tenant, refusal=f"{code}: The user or administrator has not consented. Trace ...")


def mail_for_all(site: Site) -> None:
    """A channel that sends mail, and the right in Entra: the token for Graph says it."""
    (graph, *_) = re.findall(r'graph_url: ("[^"]+")', site.policy)
    settings = f"{{from: changes@contoso.example, to: ana@contoso.example, graph_url: {graph}}}"
    mail = f"channels: {{letters: {{kind: email, settings: {settings}}}, "
    asyncio.run(_put_policy(site.state, site.policy.replace("channels: {", mail).encode()))
    site.sign_in("contoso", roles=["ServiceMessage.Read.All", "Tasks.Read.All", "Mail.Send"])


def graph_says_no(site: Site) -> None:
    site.faults.forbidden.add("contoso")


def refused(service: str, code: str, *, writes: bool = False) -> Callable[[Site], None]:
    def spoil(site: Site) -> None:
        site.doors[service].refuses = code
        if writes:
            site.doors[service].refuse_writes(code)

    return spoil


def clock_off(minutes: int) -> Callable[[Site], None]:
    def spoil(site: Site) -> None:
        site.doors["queue"].shift = timedelta(minutes=minutes)

    return spoil


def queue_missing(site: Site) -> None:
    async def delete() -> None:
        async with QueueServiceClient.from_connection_string(site.connection) as service:
            await service.delete_queue("cards-poison")

    asyncio.run(delete())


def table_missing(site: Site) -> None:
    async def delete() -> None:
        ours = _app(site.state)
        await ours.tables._service.delete_table("feeds")
        await ours.close()

    asyncio.run(delete())


def container_missing(site: Site) -> None:
    async def delete() -> None:
        async with BlobServiceClient.from_connection_string(site.connection) as service:
            await service.delete_container("reports")

    asyncio.run(delete())


def secret(name: str, value: str) -> Callable[[Site], None]:
    return lambda site: site.secret(name, value)


def padded(site: Site) -> None:
    site.secret("TEAMS_MAIL_URL", site.secrets["TEAMS_MAIL_URL"] + "\n")


def channel_recorded_down(site: Site) -> None:
    outage = Outage(
        Target("card", "mail"), NOW - timedelta(hours=1), "channel mail: answered 400: the flow is turned off",
        "Turn the flow on in Power Automate (My flows, the flow, Turn on).", "", NOW,
    )  # fmt: skip
    site.row("deliveries", Write("insert", outage_row(outage)))


def tickets_recorded_down(site: Site) -> None:
    outage = Outage(Target("ticket", "crb"), NOW - timedelta(hours=1), "crb: 401", "Renew its secret.", "", NOW)
    site.row("deliveries", Write("insert", outage_row(outage)))


def tickets_refuse(site: Site) -> None:
    site.board.status = 401


def bad_policy(site: Site) -> None:
    """A process that has a good one goes on with that; the command starts anew and takes the last good one."""
    run("health", "--state", site.state)  # keeps the last good one
    asyncio.run(_put_policy(site.state, b"teams: {}"))


def fetched(**ago: float) -> Callable[[Site], None]:
    def spoil(site: Site) -> None:
        async def write() -> None:
            ours = _app(site.state)
            row = await ours.tables.get("tenants", "contoso", "snapshot|messages")
            fresh = _fetched("contoso", "messages", **ago)
            await ours.tables.commit(
                "tenants", [Write("replace", Row(fresh.partition, fresh.key, fresh.values, row.etag))]
            )
            await ours.close()

        asyncio.run(write())

    return spoil


def fails_since(site: Site) -> None:
    fetched(hours=3)(site)

    async def write() -> None:
        ours = _app(site.state)
        row = await ours.tables.get("tenants", "contoso", "snapshot|messages")
        values = {"failure": "tenant contoso: Graph answered 503"}
        await ours.tables.commit("tenants", [Write("merge", Row(row.partition, row.key, values, row.etag))])
        await ours.close()

    asyncio.run(write())


def something_parked(site: Site) -> None:
    async def put() -> None:
        ours = _app(site.state)
        await park(ours.deps, "tasks", {"plan": "p"}, NOW, "no such plan")
        await ours.close()

    asyncio.run(put())


def old_list(site: Site) -> None:
    """The lists are three hours old; the fetches are as fresh as before."""
    clock = SandboxClock(site.state)
    clock.step_to(NOW + timedelta(hours=3))

    async def write() -> None:
        ours = _app(site.state)
        async for row in ours.tables.scan("tenants"):
            values = {"fetched": NOW + timedelta(hours=2, minutes=55)}
            if row.key.startswith("snapshot|"):
                await ours.tables.commit("tenants", [Write("merge", Row(row.partition, row.key, values, row.etag))])
        await ours.close()

    asyncio.run(write())


CONSENT = f"https://login.microsoftonline.com/{tenant_id('fabrikam')}/adminconsent?client_id={FEDERATED}"
UNRESOLVED = "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/x/)"
NO_RIGHT = "AuthorizationPermissionMismatch"
RIGHT = "az role assignment create"
ONE_FAULT = {
    "no Graph role": (
        no_graph_role,
        "tenant contoso: role ServiceMessage.Read.All",
        "role_missing",
        "foresignal grant",
    ),
    "no role there": (no_role_there, "tenant fabrikam: role ServiceMessage.Read.All", "role_missing_there", CONSENT),
    "wrong tenant": (wrong_tenant, "tenant contoso: identity", "wrong_tenant", "foresignal policy push FILE"),
    "no consent": (refusal("AADSTS65001"), "tenant fabrikam", "consent_missing", CONSENT),
    "app unknown there": (refusal("AADSTS700016"), "tenant fabrikam", "consent_missing", CONSENT),
    "no such tenant": (refusal("AADSTS90002"), "tenant fabrikam", "tenant_unknown", "tenants.fabrikam.tenant_id"),
    "not trusted": (refusal("AADSTS700213"), "tenant fabrikam", "federation_wrong", "federated-credential create"),
    "secret of the app": (refusal("AADSTS7000222"), "tenant fabrikam", "client_secret_wrong", "credential reset"),
    "another code": (refusal("AADSTS99999"), "tenant fabrikam", "sign_in_failed", "login.microsoftonline.com/error"),
    "Graph says no": (graph_says_no, "tenant contoso: read", "graph_refuses", "foresignal grant"),
    "no right to read tables": (refused("table", NO_RIGHT), "tables: read", "right_missing", RIGHT),
    "no right to read queues": (refused("queue", NO_RIGHT), "queues: read", "right_missing", RIGHT),
    "no right to read blobs": (refused("blob", NO_RIGHT), "blobs: read", "right_missing", "/containers/config"),
    "no right to write tables": (
        refused("table", NO_RIGHT, writes=True),
        "tables: write",
        "right_missing",
        "Storage Table Data Contributor",
    ),
    "no right to write queues": (
        refused("queue", NO_RIGHT, writes=True),
        "queues: write",
        "right_missing",
        "Storage Queue Data Contributor",
    ),
    "no right to write blobs": (
        refused("blob", NO_RIGHT, writes=True),
        "blobs: write",
        "right_missing",
        "Storage Blob Data Contributor",
    ),
    "network closed": (
        refused("queue", "AuthorizationFailure"),
        "queues: read",
        "network_closed",
        "FORESIGNAL_ALLOWED_ADDRESSES",
    ),
    "token refused": (refused("queue", "AuthenticationFailed"), "queues: read", "token_refused", "az login --tenant"),
    "a queue missing": (queue_missing, "queue cards-poison", "part_missing", "azd provision"),
    "a table missing": (table_missing, "table feeds", "part_missing", "azd provision"),
    "a container missing": (container_missing, "container reports", "part_missing", "azd provision"),
    "a secret unresolved": (
        secret("TEAMS_MAIL_URL", UNRESOLVED),
        "secret TEAMS_MAIL_URL",
        "secret_unresolved",
        "TEAMS_MAIL_URL",
    ),
    "a secret with a newline": (padded, "secret TEAMS_MAIL_URL", "secret_padded", "TEAMS_MAIL_URL"),
    "a secret empty": (secret("TEAMS_MAIL_URL", " "), "secret TEAMS_MAIL_URL", "secret_empty", "TEAMS_MAIL_URL"),
    "a secret missing": (
        secret("SERVICENOW_SECRET", ""),
        "secret SERVICENOW_SECRET",
        "secret_missing",
        "SERVICENOW_SECRET",
    ),
    "a secret of two lines": (
        secret("SERVICENOW_SECRET", "a\nb"),
        "secret SERVICENOW_SECRET",
        "secret_broken",
        "as one line",
    ),
    "keys that are none": (secret("ANSWER_KEYS", "short"), "secret ANSWER_KEYS", "answer_key_bad", "ID:KEY"),
    "mail for everybody": (mail_for_all, "channel letters: Mail.Send", "mail_for_all", "az rest --method DELETE"),
    "a channel off": (channel_recorded_down, "channel mail", "channel_down", "Turn the flow on in Power Automate"),
    "a channel's address": (
        secret("TEAMS_MAIL_URL", "https://x.webhook.office.com/a"),
        "channel mail",
        "channel_address",
        "Make a workflow",
    ),
    "a ticket system refuses": (tickets_refuse, "ticket system crb", "tickets_refuse", "foresignal check --online"),
    "a ticket system was down": (tickets_recorded_down, "ticket system crb", "tickets_down", "foresignal parked probe"),
    "a policy with a fault": (bad_policy, "policy", "policy_faulty", "foresignal check FILE"),
    "a clock 10 minutes ahead": (clock_off(-10), "clock", "clock_off", "w32tm /resync"),
    "a clock 10 minutes behind": (clock_off(10), "clock", "clock_off", "timedatectl"),
    "no fetch for a day": (
        fetched(days=1, minutes=5),
        "tenant contoso: fetch of messages",
        "fetch_stale",
        "az functionapp",
    ),
    "no fetch for three hours": (
        fetched(hours=3),
        "tenant contoso: fetch of messages",
        "fetch_stale",
        "az functionapp",
    ),
    "fetches that fail": (fails_since, "tenant contoso: fetch of messages", "fetch_failing", "foresignal health"),
    "a parked item": (something_parked, "parked", "parked", "foresignal parked list"),
    "an old list": (old_list, "lists", "lists_old", "azd provision"),
}


@pytest.mark.parametrize("name", ONE_FAULT)
def test_a_fault_alone_is_named_with_its_remedy_and_no_other(site, name):
    spoil, subject, cause, remedy = ONE_FAULT[name]
    spoil(site)

    code, findings, _ = examined(site)
    failing = [finding for finding in findings if finding["condition"] == "failing"]

    assert [(f["subject"], f["cause"]) for f in failing] == [(subject, cause)]
    assert remedy in failing[0]["remedy"]
    assert not re.search(r"\{\w*\}", failing[0]["remedy"]), "a place that nobody filled in"
    assert code == 1
    told = json.dumps(findings)
    for value in site.secrets.values():
        assert not value.strip() or json.dumps(value.strip())[1:-1] not in told


def test_a_day_without_a_fetch_is_said_loudly(site):
    fetched(days=2)(site)

    shown = run("doctor", "--state", site.state)

    assert "FAILING    tenant contoso: fetch of messages: NOT READ FOR 2 DAY(S)" in shown.stdout
    assert "           -> Look whether the timers run" in shown.stdout
    assert "1 failing" in shown.stdout


def test_what_cannot_be_asked_says_why_and_stops_nothing(site):
    refused("table", NO_RIGHT)(site)

    _, findings, _ = examined(site)
    unknown = {f["subject"]: f["words"] for f in findings if f["condition"] == "unknown"}

    assert set(unknown) == {"tables: write", "fetches", "parked"} | (set(unknown) & {"ticket system crb"})
    assert "cannot be asked until that is mended" in unknown["parked"]
    assert [f["condition"] for f in findings if f["subject"] == "ticket system crb"] == ["ok"]


def test_only_a_card_tells_whether_a_channel_takes_one(site):
    site.inbox.switched["mail"] = "off"
    quiet, _, _ = examined(site)
    code, findings, _ = examined(site, "--send")
    (failing,) = [f for f in findings if f["condition"] == "failing"]

    assert quiet == 0, "nobody has sent one, so nobody knows"
    assert code == 1
    assert (failing["subject"], failing["cause"]) == ("channel mail", "card_refused")
    assert "Turn the flow on in Power Automate" in failing["remedy"]


def test_send_posts_one_sample_card_to_each_channel(site):
    code, _, _ = examined(site, "--send")

    assert code == 0
    (card,) = site.inbox.cards
    assert "ample" in json.dumps(card.card)


@pytest.mark.parametrize(
    ("setting", "value", "cause"),
    [
        ("FORESIGNAL_PUBLIC_URL", "@Microsoft.KeyVault(VaultName=v;SecretName=n)", "reference_unresolved"),
        ("FORESIGNAL_DEPLOYMENT", "", "setting_missing"),
    ],
)
def test_app_settings_that_are_wrong_are_named_before_anything_is_asked(monkeypatch, setting, value, cause):
    for name in ("FORESIGNAL_DEPLOYMENT", "FORESIGNAL_PUBLIC_URL", "AzureWebJobsStorage"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv(setting, value)

    result = run("doctor", "--json")
    failing = [f for f in json.loads(result.stdout)["findings"] if f["condition"] == "failing"]

    assert [(f["subject"], f["cause"]) for f in failing] == [(f"setting {setting}", cause)]
    assert result.exit_code == 1
    assert "KeyVault(" not in result.stdout


def test_what_mends_several_settings_is_said_once(monkeypatch):
    for name in ("DEPLOYMENT", "PUBLIC_URL", "BLOB_URL", "QUEUE_URL", "TABLE_URL"):
        monkeypatch.delenv(f"FORESIGNAL_{name}", raising=False)
    monkeypatch.delenv("AzureWebJobsStorage", raising=False)

    shown = run("doctor").stdout

    assert shown.count("FAILING    setting ") == 5
    assert shown.count("->") == shown.count("docs/deploying.md, step 3") == 1


OF_AZURE = {
    "signed_out", "no_identity", "storage_unreachable", "vault_refused", "vault_closed", "vault_unreachable",
    "secret_disabled", "secret_unbound", "secret_expired", "inbound_weak", "graph_silent", "tickets_silent",
    "asleep", "half_imported", "reader_missing", "reader_refuses",
}  # fmt: skip
"""Faults that the sandbox cannot make, and sleep; tests/usecases/upkeep/test_doctor.py has them."""


def test_every_remedy_is_tried():
    here = {cause for _, _, cause, _ in ONE_FAULT.values()} | {
        "card_refused",
        "reference_unresolved",
        "setting_missing",
    }

    assert here | OF_AZURE == set(REMEDIES)
