"""What our own token says of us, and how a machine without the app's identity says so at once."""

import base64
import json
from types import SimpleNamespace

import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError

from sandbox.microsoft365.credential import SandboxCredential, roles_in
from shared.adapters.clients.clock import seconds_ahead
from shared.adapters.clients.tokens import identity_in, refusal_of
from shared.adapters.storage.vault import TAG, VaultSecrets
from shared.app import App, EnvironmentSecrets, Surroundings
from shared.core.errors import ForbiddenError, PermanentError, SignInError, TransientError
from shared.core.policy.model import Auth, Tenant
from shared.core.upkeep.sign_in import ELSEWHERE
from shared.settings import Settings, from_environment, missing, unresolved
from tests.adapters.clients.server import Credential


def token(claims):
    return f"e30.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.sig"


def test_a_token_of_an_app_names_its_roles():
    identity = identity_in(token({"tid": "t", "appid": "a", "oid": "o", "roles": ["One", "Two"], "idtyp": "app"}))

    assert (identity.tenant, identity.app, identity.object_id) == ("t", "a", "o")
    assert identity.roles == {"One", "Two"}
    assert not identity.is_person


def test_a_token_of_a_person_names_the_person():
    identity = identity_in(token({"tid": "t", "appid": "az", "oid": "o", "scp": "user_impersonation", "upn": "ana@x"}))

    assert identity.is_person
    assert identity.name == "ana@x"


@pytest.mark.parametrize(
    "text", ["", "opaque", "a.b", "a.!!.c", "a.W10.c", token([]), token({"tid": 7}), token({}), "a." + "A" * 9 + ".c"]
)
def test_what_is_no_such_token_says_nothing(text):
    assert identity_in(text) is None


def test_a_refusal_keeps_the_code_and_nothing_else():
    error = refusal_of(ClientAuthenticationError(message="AADSTS700016: app 0f8e in tenant 0f8f"), "no token", "look")

    assert error.code == "AADSTS700016"
    assert "0f8e" not in str(error)


@pytest.mark.parametrize(
    ("headers", "known"), [({"date": "Wed, 21 Oct 2026 07:28:00 GMT"}, True), ({"Date": "soon"}, False), ({}, False)]
)
def test_a_clock_is_read_where_it_is_told(headers, known):
    assert (seconds_ahead(headers) is not None) is known


async def test_the_sandboxs_tokens_are_read_like_entras():
    issued = (await SandboxCredential("contoso").get_token("scope")).token

    assert identity_in(issued).roles == roles_in(issued) == {"ServiceMessage.Read.All", "Tasks.ReadWrite.All"}


async def app_of(credential=None, **settings):
    given = {"deployment": "t", "public_url": "", "blob_url": "https://s.x", "queue_url": "https://s.x"}
    return App(Surroundings(Settings(**given, table_url="https://s.x", **settings), credential=credential))


@pytest.mark.parametrize("auth", [Auth(), Auth(kind="federated", client_id="c")])
async def test_a_machine_without_the_apps_identity_says_so_at_once(auth):
    ours = await app_of()

    with pytest.raises(SignInError) as failed:
        await ours.deps.outside.access.identity("contoso", Tenant(auth=auth, tenant_id="t"))

    assert failed.value.code == ELSEWHERE
    await ours.close()


async def test_our_own_identity_that_entra_refuses_says_why():
    ours = await app_of(lambda _name, _tenant: Credential(ClientAuthenticationError(message="AADSTS50034: x@y")))

    with pytest.raises(SignInError) as failed:
        await ours.deps.outside.access.own()

    assert failed.value.code == "AADSTS50034"
    assert "x@y" not in str(failed.value)
    await ours.close()


class Client:
    def __init__(self, answer):
        self.answer = answer

    async def get_secret(self, name):
        assert name == "CRB-TOKEN"
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def vault(answer):
    ours = VaultSecrets("https://v.vault.azure.net", None)
    ours._client = Client(answer)
    return ours


async def test_a_secret_is_looked_at_as_it_is_kept():
    kept = SimpleNamespace(value="x\n", properties=SimpleNamespace(tags={TAG: "a.example"}, expires_on=None))

    state = await vault(kept).inspect("CRB_TOKEN")

    assert (state.value, state.hosts, state.expires) == ("x\n", "a.example", None)


@pytest.mark.parametrize(("status", "kind"), [(403, ForbiddenError), (500, TransientError)])
async def test_a_vault_that_refuses_is_told_apart_from_one_that_fails(status, kind):
    response = SimpleNamespace(status_code=status, reason="no", headers={}, content_type="", text=lambda: "")
    error = HttpResponseError(message="no", response=response)
    error.error = SimpleNamespace(code="Forbidden", innererror={"code": "ForbiddenByRbac"})

    with pytest.raises(kind) as failed:
        await vault(error).inspect("CRB_TOKEN")

    if kind is ForbiddenError:
        assert failed.value.code == "ForbiddenByRbac"


async def test_a_secret_in_the_environment_that_is_a_reference_is_no_secret(monkeypatch):
    monkeypatch.setenv("CRB_TOKEN", "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/x/)")

    with pytest.raises(PermanentError, match="did not resolve"):
        await EnvironmentSecrets().get("CRB_TOKEN")
    assert (await EnvironmentSecrets().inspect("CRB_TOKEN")).value.startswith("@Microsoft")
    assert await EnvironmentSecrets().inspect("ANOTHER") is None


def test_settings_that_are_missing_or_unresolved_are_named():
    env = {"FORESIGNAL_PUBLIC_URL": "@Microsoft.KeyVault(VaultName=v;SecretName=n)"}

    assert unresolved(env) == ["FORESIGNAL_PUBLIC_URL"]
    assert missing(env)[0] == "FORESIGNAL_DEPLOYMENT"
    assert len(missing(env)) == 4


OUTPUTS = {
    "FORESIGNAL_DEPLOYMENT": "d",
    "FORESIGNAL_PUBLIC_URL": "https://d.example",
    "FORESIGNAL_BLOB_URL": "https://stabc.blob.core.windows.net/",
    "FORESIGNAL_QUEUE_URL": "https://stabc.queue.core.windows.net/",
    "FORESIGNAL_TABLE_URL": "https://stabc.table.core.windows.net/",
}


def test_the_command_line_takes_what_azd_prints_and_the_app_its_app_settings_alone():
    ours = from_environment(OUTPUTS)
    both = from_environment({**OUTPUTS, "AzureWebJobsStorage__blobServiceUri": "https://other.example/"})

    assert missing(OUTPUTS) == []
    assert (ours.account, ours.queue_url, ours.table_url) == (
        "stabc", OUTPUTS["FORESIGNAL_QUEUE_URL"], OUTPUTS["FORESIGNAL_TABLE_URL"]
    )  # fmt: skip
    assert (both.blob_url, both.queue_url) == ("https://other.example/", OUTPUTS["FORESIGNAL_QUEUE_URL"])
    assert missing({**OUTPUTS, "WEBSITE_SITE_NAME": "func"}) == [
        f"AzureWebJobsStorage__{kind}ServiceUri" for kind in ("blob", "queue", "table")
    ]


@pytest.mark.parametrize(
    ("value", "expected"), [(None, False), ("", False), ("on", True), ("On", True), ("off", False)]
)
def test_there_is_a_second_reader_only_where_the_setting_is_on(value, expected):
    given = {} if value is None else {"FORESIGNAL_READER": value}

    assert from_environment({**OUTPUTS, **given}).reader is expected


def test_an_admins_machine_is_told_what_to_run_there():
    with pytest.raises(PermanentError, match=r"FORESIGNAL_TABLE_URL.*docs/deploying\.md, step 3.*--state DIR"):
        from_environment({})


@pytest.mark.parametrize(
    ("settings", "account", "vault_"),
    [
        (
            {"blob_url": "https://stabc.blob.core.windows.net/", "key_vault_url": "https://kv-1.vault.azure.net/"},
            "stabc",
            "kv-1",
        ),
        ({"connection_string": "DefaultEndpointsProtocol=http;AccountName=devstore1;AccountKey=x"}, "devstore1", ""),
        ({}, "", ""),
    ],
)
def test_storage_and_vault_are_called_by_their_names(settings, account, vault_):
    made = Settings("t", "", **settings)

    assert (made.account, made.vault) == (account, vault_)
