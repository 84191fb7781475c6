import time

import pytest
from azure.core.credentials import AccessToken
from azure.identity.aio import ClientAssertionCredential, ClientSecretCredential, ManagedIdentityCredential

from shared.adapters.clients.credentials import Credentials
from shared.core.errors import PermanentError
from shared.core.policy.model import Auth, Tenant
from tests.fakes import FakeSecrets

ID = "00000000-0000-0000-0000-000000000001"
FEDERATED = Tenant(tenant_id=ID, auth=Auth(kind="federated", client_id="app"))
SECRET = Tenant(tenant_id=ID, auth=Auth(kind="secret", client_id="app", secret="CONTOSO_SECRET"))


class Identity:
    """Our managed identity: counts the assertions that it gave."""

    def __init__(self, good_for):
        self.good_for = good_for
        self.scopes = []
        self.closed = 0

    async def get_token(self, scope, **options):
        self.scopes.append(scope)
        return AccessToken(f"assertion {len(self.scopes)}", int(time.time() + self.good_for))

    async def close(self):
        self.closed += 1


def credentials(good_for=3600, secrets=None):
    made = Credentials("our-identity", FakeSecrets(secrets or {}))
    identity = Identity(good_for)
    made._identity = lambda client_id: identity
    return made, identity


async def test_our_own_tenant_is_signed_in_to_by_our_identity():
    made = Credentials("our-identity", FakeSecrets({})).make("contoso", Tenant())

    assert isinstance(made, ManagedIdentityCredential)
    await made.close()


async def test_one_assertion_serves_every_federated_tenant_of_a_cloud():
    made, identity = credentials()

    one = await made._federated(FEDERATED, None)
    other = await made._federated(FEDERATED.model_copy(update={"tenant_id": ID[:-1] + "2"}), None)

    assert isinstance(one, ClientAssertionCredential)
    assert one._func() == other._func() == "assertion 1"
    assert identity.scopes == ["api://AzureADTokenExchange/.default"]
    assert identity.closed == 1
    await one.close()
    await other.close()


async def test_an_assertion_that_ends_soon_is_replaced_in_the_credential_that_is_there():
    made, _ = credentials(good_for=60)

    one = await made._federated(FEDERATED, None)
    same = await made._federated(FEDERATED, one)

    assert same is one
    assert one._func() == "assertion 2"
    await one.close()


@pytest.mark.parametrize(
    ("cloud", "authority", "audience"),
    [
        ("worldwide", "login.microsoftonline.com", "api://AzureADTokenExchange"),
        ("gcc", "login.microsoftonline.com", "api://AzureADTokenExchange"),
        ("gcch", "login.microsoftonline.us", "api://AzureADTokenExchangeUSGov"),
        ("dod", "login.microsoftonline.us", "api://AzureADTokenExchangeUSGov"),
        ("china", "login.chinacloudapi.cn", "api://AzureADTokenExchangeChina"),
    ],
)
async def test_each_cloud_has_its_sign_in_and_audience(cloud, authority, audience):
    made, identity = credentials(secrets={"CONTOSO_SECRET": "hunter2"})

    federated = await made._federated(FEDERATED.model_copy(update={"cloud": cloud}), None)
    secret = await made._with_secret(SECRET.model_copy(update={"cloud": cloud}), None)

    assert federated._client._authority == secret._client._authority == f"https://{authority}"
    assert identity.scopes == [f"{audience}/.default"]
    await federated.close()
    await secret.close()


async def test_a_client_secret_is_read_when_a_token_is_needed():
    made, _ = credentials(secrets={"CONTOSO_SECRET": "hunter2"})

    credential = await made._with_secret(SECRET, None)

    assert isinstance(credential, ClientSecretCredential)
    assert credential._secret == "hunter2"
    await credential.close()


async def test_a_secret_that_is_not_there_is_named():
    made, _ = credentials()
    credential = made.make("contoso", SECRET)

    with pytest.raises(PermanentError, match="CONTOSO_SECRET"):
        await credential.get_token("https://graph.microsoft.com/.default")
    await credential.close()


async def test_a_malformed_tenant_id_is_named():
    made, _ = credentials(secrets={"CONTOSO_SECRET": "hunter2"})
    credential = made.make("contoso", SECRET.model_copy(update={"tenant_id": "not a tenant"}))

    with pytest.raises(PermanentError, match=r"tenants\.contoso: ") as caught:
        await credential.get_token("https://graph.microsoft.com/.default")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("kind", ["federated", "secret"])
@pytest.mark.parametrize(("over", "path"), [({"tenant_id": ""}, "tenant_id"), ({"client_id": ""}, r"auth\.client_id")])
def test_what_the_policy_lacks_is_named_with_its_path(kind, over, path):
    fields = {"tenant_id": ID, "client_id": "app"} | over
    tenant = Tenant(tenant_id=fields["tenant_id"], auth=Auth(kind=kind, client_id=fields["client_id"], secret="S"))
    made, _ = credentials()

    with pytest.raises(PermanentError, match=rf"tenants\.contoso\.{path}: needed"):
        made.make("contoso", tenant)
