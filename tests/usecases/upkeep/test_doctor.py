"""The doctor over fakes: the faults that only Azure makes, and that one question never stops another."""

import asyncio
from datetime import timedelta

import pytest

from shared.core.errors import ForbiddenError, SignInError, TargetDownError, TransientError
from shared.core.policy.model import Auth, Channel, ReaderEntry, Tenant, TicketSystemEntry
from shared.core.ports.deployment import SecretState
from shared.core.ports.outside import Identity
from shared.core.upkeep.remedies import REMEDIES
from shared.core.upkeep.sign_in import ELSEWHERE
from shared.record.imports import begin_import, end_import, import_here
from shared.usecases.deps import Place
from shared.usecases.upkeep.checks import asking, targets
from shared.usecases.upkeep.doctor import doctor
from tests.fakes import NOW, FakeSecrets, deps_with
from tests.usecases.world import World, policy

APP = Identity("tid", "app", "oid", "", frozenset({"ServiceMessage.Read.All", "Tasks.Read.All"}))
THEIRS = "0f8e0000-aaaa-4000-8000-00000000000a"
ANA = Identity("tid", "az", "ana-oid", "ana@contoso.example", is_person=True)


class Access:
    """Lets us in everywhere, unless a test says otherwise."""

    def __init__(self, own=APP, theirs=APP):
        self.own_, self.theirs, self.reads = own, theirs, None

    async def own(self):
        return _given(self.own_)

    async def identity(self, name, tenant):
        return _given(self.theirs)

    async def try_read(self, name, tenant):
        return _given(self.reads)


def _given(what):
    if isinstance(what, Exception):
        raise what
    return what


class Vault(FakeSecrets):
    """`states` in place of plain values; an exception is raised."""

    def __init__(self, **states):
        super().__init__({})
        self.states = states

    async def inspect(self, name):
        return _given(self.states.get(name))


async def channel(_policy, _name):
    class Quiet:
        async def check(self):
            return "somewhere"

    return Quiet()


def system(answer):
    async def ticket_system(_policy, _name):
        class System:
            async def ping(self):
                return _given(answer)

        return System()

    return ticket_system


def deps(access=None, secrets=None, in_force=None, answer="the board", place=None, names=(), **ports):
    world = World(in_force or policy())
    return deps_with(
        world.deps,
        **{
            "access": access or Access(),
            "secrets": secrets or Vault(),
            "secret_names": lambda _policy: list(names),
            "channel": channel,
            "ticket_system": system(answer),
            "place": place or Place("st1", "kv1", is_app=True),
            **ports,
        },
    )


async def causes(*args, **named):
    found = await doctor(deps(*args, **named))
    return {f.cause: f for f in found if f.condition == "failing" and f.area not in ("fetch", "lists")}


GOOD = SecretState("a-secret-of-24-characters-or-more", "board.example")
SENT = ("tickets.crb.settings.token", "CRB_TOKEN")
SECRET = policy(tenants={"contoso": Tenant(auth=Auth(kind="secret", client_id="c", secret="S"))})
LIVE = policy(tickets={"crb": TicketSystemEntry(kind="jira")})


def second_reader(answer):
    async def reader(_policy):
        class Reader:
            async def check(self):
                return _given(answer)

        return Reader()

    return reader


READ_AGAIN = policy(reader=ReaderEntry(kind="fake"))


@pytest.mark.parametrize(
    ("cause", "named", "remedy"),
    [
        ("reader_missing", {"in_force": READ_AGAIN}, "azd env set FORESIGNAL_READER_ACCOUNT"),
        (
            "reader_refuses",
            {
                "in_force": READ_AGAIN,
                "reader": second_reader(TargetDownError("it answered 403", "Give the app the role.")),
            },
            "Give the app the role.",
        ),
        (
            "reader_refuses",
            {"in_force": READ_AGAIN, "reader": second_reader(TransientError("it is busy"))},
            "Until it answers, our own reading stands.",
        ),
        ("signed_out", {"access": Access(SignInError("no", "x")), "place": Place()}, "az login"),
        ("no_identity", {"access": Access(SignInError("no", "x"))}, "az functionapp restart"),
        (
            "vault_refused",
            {"secrets": Vault(CRB_TOKEN=ForbiddenError("no", "ForbiddenByRbac"))},
            "Key Vault Secrets User",
        ),
        (
            "vault_closed",
            {"secrets": Vault(CRB_TOKEN=ForbiddenError("no", "ForbiddenByFirewall"))},
            "ALLOWED_ADDRESSES",
        ),
        ("secret_disabled", {"secrets": Vault(CRB_TOKEN=ForbiddenError("no", "SecretDisabled"))}, "--enabled true"),
        ("vault_unreachable", {"secrets": Vault(CRB_TOKEN=TransientError("no"))}, "FORESIGNAL_KEY_VAULT_URL"),
        ("secret_missing", {"secrets": Vault()}, "--vault-name kv1 --name CRB-TOKEN --value VALUE"),
        (
            "secret_unbound",
            {"secrets": Vault(CRB_TOKEN=SecretState(GOOD.value)), "place": Place("s", "kv1", bound_secrets=True)},
            "--tags foresignal-hosts=HOST",
        ),
        (
            "secret_expired",
            {"secrets": Vault(CRB_TOKEN=SecretState(GOOD.value, "h", NOW + timedelta(days=29)))},
            "--expires",
        ),
        (
            "inbound_weak",
            {"secrets": Vault(CRB_TOKEN=SecretState("short")), "names": [("tickets.crb.inbound", "CRB_TOKEN")]},
            "secrets.token_urlsafe(32)",
        ),
        ("graph_silent", {"access": Access(theirs=TransientError("not to be reached"))}, "graph.microsoft.com"),
        ("tickets_silent", {"answer": TransientError("no answer"), "in_force": LIVE}, "tickets.crb"),
    ],
)
async def test_a_fault_that_only_azure_makes_is_named_with_its_remedy(cause, named, remedy):
    given = {"secrets": Vault(CRB_TOKEN=GOOD), "names": [SENT], **named}
    found = await causes(**given)

    assert set(found) == {cause}
    assert remedy in found[cause].remedy
    assert GOOD.value not in str(found)


NEXT = NOW + timedelta(days=90)
WIDE = "*.example board.example"
SET = "az keyvault secret set --vault-name kv1 --name CRB-TOKEN --value VALUE"
ENDS, ANEW = f"--expires {NEXT:%Y-%m-%dT%H:%M:%SZ}", "--expires YYYY-MM-DDTHH:MM:SSZ"
HOOK = ("channels.mail.settings.url", "CRB_TOKEN")


@pytest.mark.parametrize(
    ("state", "of", "command"),
    [
        (None, SENT, f"{SET} --tags foresignal-hosts=HOST"),
        (None, HOOK, SET),
        (SecretState(" ", "board.example", NEXT), SENT, f"{SET} --tags foresignal-hosts=board.example {ENDS}"),
        (SecretState("", WIDE), SENT, f'{SET} --tags "foresignal-hosts={WIDE}"'),
        (SecretState("", 'x"; rm -r ~; "'), SENT, f"{SET} --tags foresignal-hosts=HOST"),
        (SecretState("", "hook.example"), HOOK, f"{SET} --tags foresignal-hosts=hook.example"),
        (SecretState("ab", "b.example", NOW), SENT, f"{SET} --tags foresignal-hosts=b.example {ANEW}"),
        (SecretState("ab", "", NOW), SENT, f"{SET} --tags foresignal-hosts=HOST {ANEW}"),
        (SecretState("", "", NOW), SENT, f"{SET} --tags foresignal-hosts=HOST {ANEW}"),
    ],
)
async def test_a_new_version_of_a_secret_keeps_where_it_may_be_sent(state, of, command):
    """Key Vault takes no tags from the version before."""
    (found,) = (await causes(secrets=Vault(CRB_TOKEN=state), names=[of])).values()
    told = found.remedy.partition("`")[2].partition("`")[0]

    assert told == command


async def test_a_new_client_secret_keeps_its_tag():
    found = await causes(
        access=Access(theirs=SignInError("no", "AADSTS7000222")),
        secrets=Vault(S=SecretState(GOOD.value, "login.example")),
        in_force=SECRET,
        names=[("tenants.contoso.auth.secret", "S")],
    )

    assert "--tags foresignal-hosts=login.example`" in found["client_secret_wrong"].remedy


async def test_storage_that_does_not_answer_is_said_once_a_service():
    given = deps()
    given.storage.queues.faults["fetches"] = TransientError("storage is not to be reached")

    found = await doctor(given)

    assert [(f.subject, f.cause) for f in found if f.area == "storage" and f.condition == "failing"] == [
        ("queues: read", "storage_unreachable")
    ]


@pytest.mark.parametrize(("own", "kind", "who"), [(APP, "ServicePrincipal", "oid"), (ANA, "User", "ana-oid")])
async def test_a_right_is_given_to_whoever_asked_and_of_blobs_for_the_container_alone(own, kind, who):
    given = deps(Access(own, theirs=APP))
    given.storage.blobs.faults["config"] = ForbiddenError("no", "AuthorizationPermissionMismatch")
    given.storage.tables.unwritable["changes"] = ForbiddenError("no", "AuthorizationPermissionMismatch")

    found = {f.subject: f for f in await doctor(given) if f.condition == "failing"}

    assert f"--assignee-object-id {who} --assignee-principal-type {kind}" in found["blobs: read"].remedy
    assert "/blobServices/default/containers/config" in found["blobs: read"].remedy
    assert 'az storage account show --name st1 --query id --output tsv)"' in found["tables: write"].remedy


async def test_an_admins_machine_says_where_the_tenants_can_be_asked():
    found = await doctor(deps(Access(ANA, SignInError("not here", ELSEWHERE)), place=Place()))
    tenants = [f for f in found if f.area == "tenants"]

    assert {f.condition for f in tenants} == {"unknown"}
    assert all("/api/status?checks=yes" in f.words for f in tenants)


async def test_one_question_that_breaks_or_never_ends_stops_no_other(monkeypatch):
    monkeypatch.setattr(asking, "PATIENCE", 0.05)
    both = policy(channels={"slow": Channel(kind="fake"), "odd": Channel(kind="fake")}, teams=policy().teams)

    async def channel(_policy, name):
        class Adapter:
            async def check(self):
                if name == "slow":
                    await asyncio.sleep(60)
                raise RuntimeError("a fault with a secret in it")

        return Adapter()

    found = {f.subject: f for f in await doctor(deps(in_force=both, channel=channel))}

    assert found["channel slow"].condition == found["channel odd"].condition == "unknown"
    assert "no answer within" in found["channel slow"].words
    assert "RuntimeError" in found["channel odd"].words
    assert "secret in it" not in str(found)
    assert found["clock"].condition == "ok"


async def test_what_there_is_no_time_for_is_said(monkeypatch):
    monkeypatch.setattr(asking, "WHOLE", -1.0)

    found = await doctor(deps())

    assert {f.condition for f in found} == {"unknown"}
    assert all("took too long" in f.words or "no policy" in f.words for f in found)


MAILS = policy(channels={"mail": Channel(kind="email")}, teams=policy().teams)
ALL_MAIL = Identity("tid", "app", "oid", "", APP.roles | {"Mail.Send"})
THEIR_MAIL = policy(tenants={"other": Tenant(auth=Auth(kind="federated", client_id="c"))}, channels=MAILS.channels)


@pytest.mark.parametrize(
    ("access", "in_force", "condition", "said"),
    [
        (Access(theirs=ALL_MAIL), MAILS, "failing", "for every mailbox of the organisation"),
        (Access(), MAILS, "unknown", "not granted in Entra"),
        (Access(own=ALL_MAIL), MAILS, "unknown", "not granted in Entra"),  # a token for storage never says it
        (Access(theirs=SignInError("not here", ELSEWHERE)), MAILS, "unknown", "/api/status?checks=yes"),
        (Access(theirs=SignInError("refused", "AADSTS1")), MAILS, "unknown", "refused"),
        (Access(theirs=TransientError("not to be reached")), MAILS, "unknown", "not to be reached"),
        (Access(theirs=None), MAILS, "unknown", "does not say"),
        (Access(theirs=ALL_MAIL), THEIR_MAIL, "unknown", "no tenant with our own identity"),
    ],
)
async def test_mail_for_everybody_is_a_fault_and_mail_in_exchange_is_not_known(access, in_force, condition, said):
    found = await doctor(deps(access, in_force=in_force))
    (one,) = [f for f in found if f.subject == "channel mail: Mail.Send"]

    assert one.condition == condition
    assert said in one.words
    if condition == "failing":
        assert one.cause == "mail_for_all"
        assert "servicePrincipals/oid/appRoleAssignments" in one.remedy


@pytest.mark.parametrize(
    ("named", "cause"),
    [("fabrikam.onmicrosoft.com", []), (THEIRS.upper(), []), ("", []), (THEIRS[:-1] + "0", ["wrong_tenant"])],
)
async def test_a_token_is_of_the_tenant_that_the_policy_names_by_its_id(named, cause):
    mine = policy(tenants={"contoso": Tenant(tenant_id=named)})
    access = Access(theirs=Identity(THEIRS, "app", roles=APP.roles))

    found = await doctor(deps(access, in_force=mine))

    assert [f.cause for f in found if f.area == "tenants" and f.condition == "failing"] == cause


@pytest.mark.parametrize(("done", "cause"), [(True, "asleep"), (False, "half_imported")])
async def test_a_deployment_that_sleeps_says_so_and_whether_its_import_is_whole(done, cause):
    asleep = deps(in_force=policy(asleep=True))
    await begin_import(asleep.storage.tables, "an-export")
    if done:
        begun = await import_here(asleep.storage.tables)
        assert begun
        await end_import(asleep.storage.tables, begun, NOW)

    found = [f for f in await doctor(asleep) if f.area == "policy"]

    assert [(f.condition, f.cause) for f in found] == [("failing", cause)]
    assert "foresignal" in found[0].remedy


async def test_a_deployment_that_sleeps_is_not_told_that_its_timers_stand_still():
    found = await doctor(deps(in_force=policy(asleep=True)))

    assert [f.condition for f in found if f.area in ("fetch", "lists")] == ["unknown", "unknown"]
    assert all("asleep" in f.words for f in found if f.area in ("fetch", "lists"))
    assert [f.area for f in found if f.condition == "failing"] == ["policy"]


@pytest.mark.parametrize("what", ["damaged", "hanging", "refused"])
async def test_what_is_recorded_of_channels_stops_nothing(monkeypatch, what):
    monkeypatch.setattr(asking, "PATIENCE", 0.05)

    async def recorded(_tables):
        if what == "hanging":
            await asyncio.sleep(60)
        raise KeyError("kind") if what == "damaged" else ForbiddenError("no", "AuthorizationFailure")

    monkeypatch.setattr(targets, "channels_and_outages", recorded)

    found = await doctor(deps(in_force=policy(channels={"mail": Channel(kind="fake")}, teams=policy().teams)))
    lost = [f for f in found if f.subject == "what is recorded of channels and of what is down"]

    assert [f.condition for f in lost] == ([] if what == "refused" else ["unknown"])  # storage has its own line
    assert "when the last card went out is not known" in next(f.words for f in found if f.subject == "channel mail")
    assert found[-1].area == "clock"


async def test_a_tenant_that_is_not_required_fails_nothing():
    easy = policy(tenants={"contoso": Tenant(required=False)})

    found = [f for f in await doctor(deps(in_force=easy)) if f.area == "fetch"]

    assert [f.condition for f in found] == ["ok"]
    assert "does not require it" in found[0].words


async def test_a_secret_that_is_not_right_keeps_what_needs_it_from_being_asked():
    found = await doctor(deps(in_force=SECRET, names=[("tenants.contoso.auth.secret", "S")]))

    assert [(f.subject, f.cause) for f in found if f.condition == "failing" and f.area in ("secrets", "tenants")] == [
        ("secret S", "secret_missing")
    ]


def test_a_remedy_says_a_command_or_a_click():
    for cause, remedy in REMEDIES.items():
        assert not remedy.fault.endswith("."), cause
        assert "`" in remedy.text or "{" in remedy.text or "Look" in remedy.text, cause
