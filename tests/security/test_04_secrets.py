"""Secrets go where they are meant to go: not where whoever writes the policy would like to have them."""

from types import SimpleNamespace

import pytest

from shared.adapters import registry
from shared.adapters.channels.teams_workflow import TeamsWorkflow
from shared.adapters.clients.credentials import GRAPH_HOSTS, may_have
from shared.adapters.clients.graph import Graph, Question
from shared.adapters.clients.http import Http, hide_address
from shared.adapters.clients.reach import Reach
from shared.adapters.storage.vault import TAG, VaultSecrets, is_for
from shared.adapters.tickets.azure_devops.calls import SCOPE
from shared.app import App, Surroundings
from shared.core.errors import PermanentError, TargetDownError
from shared.core.policy.model import Tenant
from shared.settings import Settings, from_environment
from tests.adapters.clients.server import SignIn
from tests.fakes import FakeClock, FakeTables, no_token


class Vault:
    """The client of a vault with one secret and its tags."""

    def __init__(self, **tags):
        self.asked = 0
        self._secret = SimpleNamespace(value="the-secret\n", properties=SimpleNamespace(tags=tags or None))

    async def get_secret(self, name):
        self.asked += 1
        return self._secret


def secrets(*, bound, **tags):
    ours = VaultSecrets("https://v.vault.azure.net", None, bound=bound)
    ours._client = Vault(**tags)
    return ours


EVIL = "evil.example"
OURS = "contoso.service-now.com"


@pytest.mark.parametrize("bound", [True, False])
async def test_a_secret_with_the_tag_goes_to_its_hosts_and_nowhere_else(bound):
    held = secrets(bound=bound, **{TAG: OURS})

    assert await held.get("CRB_SECRET", OURS) == "the-secret"
    with pytest.raises(PermanentError, match=rf"not for {EVIL}.*{TAG}={EVIL}") as failed:
        await held.get("CRB_SECRET", EVIL)
    assert "the-secret" not in str(failed.value)
    assert held._client.asked == 1


async def test_a_new_deployment_sends_a_secret_without_the_tag_nowhere():
    with pytest.raises(PermanentError, match="sent nowhere"):
        await secrets(bound=True).get("CRB_SECRET", OURS)
    assert await secrets(bound=True).get("CRB_SECRET") == "the-secret", "what is not sent needs no tag"


async def test_an_older_deployment_goes_on_and_is_warned_once_a_host(caplog):
    held = secrets(bound=False)
    for _ in range(3):
        assert await held.get("CRB_SECRET", OURS) == "the-secret"

    assert caplog.text.count("no tag says") == 1
    assert "the-secret" not in caplog.text


@pytest.mark.parametrize(
    ("host", "tag", "expected"),
    [
        (OURS, OURS, True),
        ("Contoso.Service-Now.com.", "contoso.service-now.COM", True),
        (OURS, f"a.example, {OURS}", True),
        (OURS, f"a.example {OURS}", True),
        ("a.b.contoso.example", "*.contoso.example", True),
        ("contoso.example", "*.contoso.example", False),
        ("evilcontoso.example", "*.contoso.example", False),
        ("contoso.example.evil.example", "contoso.example", False),
        (EVIL, "*", False),
        (EVIL, "*.", False),
        (EVIL, "", False),
        ("", "", False),
    ],
)
def test_a_tag_names_hosts(host, tag, expected):
    assert is_for(host, tag) is expected


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (
            "jira",
            {"url": f"https://{EVIL}", "email": "a@b.example", "token": "S", "project": "CRB", "issue_type": "Task"},
        ),
        ("freshservice", {"url": f"https://{EVIL}", "api_key": "S", "requester_id": 1, "key_field": "k"}),
        (
            "redmine",
            {"url": f"https://{EVIL}", "api_key": "S", "project": "p", "tracker": "Change", "key_field": "Key"},
        ),
        ("servicenow", {"url": f"https://{EVIL}", "client_id": "0123456789abcdef", "client_secret": "S"}),
        (
            "azure_devops",
            {"url": f"https://{EVIL}", "organization": "o", "project": "p", "work_item_type": "Issue", "pat": "S"},
        ),
    ],
)
async def test_every_ticket_system_says_where_it_is_about_to_send_a_secret(kind, settings):
    http = Http(reach=Reach())
    held = secrets(bound=True, **{TAG: OURS})
    deps = registry.AdapterDeps("crb", http, held, FakeClock(), FakeTables(), "test", "https://t.example", no_token)
    system = registry.build("tickets", kind, settings, deps)

    with pytest.raises(PermanentError) as failed:
        await system.find("foresignal-test-MC1200001")

    assert f"not for {EVIL}" in str(failed.value)
    await http.close()


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("dev.azure.com", True),
        ("vssps.dev.azure.com", True),
        ("contoso.visualstudio.com", True),
        ("visualstudio.com", False),
        ("evildev.azure.com", False),
        ("dev.azure.com.evil.example", False),
        (EVIL, False),
        ("", False),
    ],
)
def test_our_identitys_token_goes_to_hosts_of_its_audience(host, expected):
    assert may_have(SCOPE, host) is expected
    assert not may_have("https://graph.microsoft.com/.default", host)


@pytest.mark.parametrize("host", ["graph.microsoft.com", "graph.microsoft.us", "dod-graph.microsoft.us"])
def test_a_token_for_graph_goes_to_the_graph_of_that_cloud_alone(host):
    others = {*GRAPH_HOSTS.values(), f"x.{host}", f"{host}.evil.example", EVIL, "dev.azure.com", ""} - {host}

    assert may_have(f"https://{host}/.default", host)
    assert not [other for other in others if may_have(f"https://{host}/.default", other)]


@pytest.mark.parametrize(
    ("scope", "hosts", "strangers"),
    [
        (
            "https://cognitiveservices.azure.com/.default",
            ["x.openai.azure.com", "x.cognitiveservices.azure.com", "x.services.ai.azure.com", "X.OpenAI.Azure.com."],
            ["x.openai.azure.us", "openai.azure.com", "x.ai.azure.com", "api.openai.com"],
        ),
        (
            "https://cognitiveservices.azure.us/.default",
            ["x.openai.azure.us", "x.cognitiveservices.azure.us"],
            ["x.openai.azure.com", "openai.azure.us", "x.services.ai.azure.us"],
        ),
    ],
)
def test_a_token_for_azure_openai_goes_to_resources_of_that_cloud_alone(scope, hosts, strangers):
    more = [f"{host}.evil.example" for host in hosts] + ["evilopenai.azure.com", EVIL, "dev.azure.com", "", "127.0.0.1"]

    assert [host for host in hosts if may_have(scope, host)] == hosts
    assert not [host for host in (*strangers, *more) if may_have(scope, host)]
    assert not [host for host in hosts for other in (SCOPE, "https://ai.azure.com/.default") if may_have(other, host)]


async def test_our_identity_gives_no_token_for_a_host_of_choice():
    settings = Settings(
        "t", "", blob_url="https://a.example", queue_url="https://a.example", table_url="https://a.example"
    )
    app = App(Surroundings(settings, credential=lambda *_: SignIn("token")("-", Tenant())))

    assert await app.token(SCOPE, "dev.azure.com") == "token"
    for host in (EVIL, "127.0.0.1"):
        with pytest.raises(PermanentError, match="is not that service's"):
            await app.token(SCOPE, host)
    await app.close()


async def test_graph_gives_no_token_to_a_host_of_choice():
    sign_in = SignIn("token")
    graph = Graph(sign_in)

    def question(service):
        return service.admin.service_announcement.messages.to_get_request_information()

    with pytest.raises(PermanentError, match="is no host of Microsoft Graph"):
        await graph.ask("home", Tenant(graph_url=f"https://{EVIL}"), Question("messages", "X", question))
    assert not sign_in.made
    await graph.close()


ADDRESS = (
    "https://prod-1.westeurope.logic.azure.com/workflows/0f9e8d7c6b5a4f3e/run?api-version=1&sig=AbCdEfGhIjKlMnOpQr"
)


@pytest.mark.parametrize(
    "echo",
    [
        ADDRESS,
        "no such path /workflows/0f9e8d7c6b5a4f3e/run",
        "sig=AbCdEfGhIjKlMnOpQr is wrong",
        "AbCdEfGhIjKlMnOpQr",
        "the query api-version=1&sig=AbCdEfGhIjKlMnOpQr",
        "workflow 0f9e8d7c6b5a4f3e is off",
    ],
)
def test_no_part_of_an_address_that_a_server_repeats_stays_in_an_error(echo):
    shown = hide_address(ADDRESS, f"it says: {echo}")

    assert "AbCdEf" not in shown
    assert "0f9e8d7c6b5a4f3e" not in shown
    assert shown.startswith("it says: ")


def test_the_setting_that_binds_secrets_is_read():
    ours = {"AzureWebJobsStorage": "x", "FORESIGNAL_DEPLOYMENT": "t", "FORESIGNAL_PUBLIC_URL": "https://t.example"}

    assert from_environment({**ours, "FORESIGNAL_SECRET_HOSTS": "required"}).bound_secrets
    assert not from_environment({**ours, "FORESIGNAL_SECRET_HOSTS": "warn"}).bound_secrets
    assert not from_environment(ours).bound_secrets


async def test_a_channel_that_names_another_secret_sends_nothing():
    http = Http(reach=Reach())
    held = secrets(bound=False)
    deps = registry.AdapterDeps("a", http, held, FakeClock(), FakeTables(), "test", "https://t.example", no_token)
    channel: TeamsWorkflow = registry.build("channels", "teams_workflow", {"url": "SERVICENOW_SECRET"}, deps)

    with pytest.raises(TargetDownError) as failed:
        await channel.post(None)

    assert "the-secret" not in str(failed.value)
    await http.close()
