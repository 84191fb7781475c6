"""`foresignal grant`: the application roles that the policy needs on Microsoft Graph, for the deployment's identity."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shared import settings
from shared.cli.az import RefusedCommandError, az
from shared.cli.policy_given import PolicyFile, checked_policy, default_file
from shared.cli.tools import State, complain, printable, with_deployment
from shared.core import ids
from shared.core.errors import PermanentError

if TYPE_CHECKING:
    from shared.core.policy.model import Policy, Tenant
    from shared.core.terms import Cloud
    from shared.core.upkeep.graph_roles import AppRole
    from shared.usecases.deps import Deps

HELP = """Grant the deployment's identity the application roles on Microsoft Graph that the policy needs.

\b
foresignal grant                       as whoever is signed in to az
foresignal grant --print               the request for who may grant, and the commands
foresignal grant --consent fabrikam    the link for a tenant that is read with an app registration

Before a policy is pushed it asks for what the policy that comes with Foresignal
needs. With Planner or tenants of your own make yours first (foresignal init),
and pass it with --policy, so that the administrator is asked once.

It reads first what is granted, adds what is missing, and takes nothing away.
It takes the role Privileged Role Administrator or Global Administrator.
"""
_DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+")
_YOURS = (
    "with Planner or tenants of your own: foresignal init my-policy.yaml, then foresignal grant --policy my-policy.yaml"
)
_MOST_PAGES = 20
_NOT_ALLOWED = re.compile(r"Authorization_RequestDenied|Insufficient privileges|Forbidden", re.IGNORECASE)
_THERE = "Permission being assigned already exists"


def grant(
    policy: PolicyFile = None,
    identity: Annotated[
        str,
        typer.Option(
            "--identity", metavar="OBJECT-ID", show_default="FORESIGNAL_IDENTITY_PRINCIPAL_ID", help="Whom to grant it."
        ),
    ] = "",
    print_: Annotated[bool, typer.Option("--print", help="Print the request and the commands; ask nobody.")] = False,
    consent: Annotated[
        str, typer.Option("--consent", metavar="TENANT", show_default=False, help="Print the tenant's consent link.")
    ] = "",
    state: State = None,
) -> None:
    from shared.core.upkeep.graph_roles import roles_of_identity

    known = _policy(policy, state)
    if consent:
        typer.echo(_consent_link(known, consent))
        return
    roles = roles_of_identity(known)
    if not roles:
        typer.echo("No tenant is read with our own identity, so it needs no role. See --consent TENANT.")
        return
    principal = _principal(identity)
    cloud = _cloud(known)
    if print_:
        from shared.core.upkeep.granting import letter

        mails = any(channel.kind == "email" for channel in known.channels.values())
        typer.echo(letter(cloud, principal, roles, sends_mail=mails), nl=False)
        return
    _grant(cloud, principal, roles)
    _others(known)


def _policy(file: Path | None, state: Path | None) -> "Policy":
    """The file that is named, else the policy in force, else the file from which a deployment begins; says which."""
    if file is not None:
        return checked_policy(file)
    if state or not settings.missing():
        known, is_pushed = with_deployment(state, _in_force)
        complain(
            "policy: the one in force" if is_pushed else f"policy: config/policy.yaml, as none was pushed; {_YOURS}"
        )
        return known
    default = default_file()
    complain(f"policy: {printable(str(default))}, as no deployment is named here; {_YOURS}")
    return checked_policy(default)


async def _in_force(deps: "Deps") -> "tuple[Policy, bool]":
    """The policy in force, and whether somebody has pushed it."""
    from shared.adapters.policy.in_force import BLOB, CONTAINER

    known = await deps.here.policy.current()
    return known, await deps.storage.blobs.read(CONTAINER, BLOB) is not None


def _principal(given: str) -> str:
    principal = given or settings.identity_object_id()
    if not ids.is_of_entra(principal):
        what = f"{principal!r} is no object id" if principal else "whom to grant it is not known"
        raise PermanentError(f'{what}: --identity "$(azd env get-value FORESIGNAL_IDENTITY_PRINCIPAL_ID)"')
    return principal


def _cloud(policy: "Policy") -> "Cloud":
    """That of the tenant that our own identity reads: the one that it is in."""
    return next(tenant.cloud for tenant in policy.tenants.values() if tenant.auth.kind == "managed_identity")


def _consent_link(policy: "Policy", name: str) -> str:
    from shared.core.clouds import consent_url

    tenant: Tenant | None = policy.tenants.get(name)
    if tenant is None:
        raise PermanentError(f"the policy has no tenant {name!r} (known: {', '.join(policy.tenants)})")
    if tenant.auth.kind == "managed_identity":
        raise PermanentError(f"tenant {name} is read with our own identity: it takes `foresignal grant`, and no link")
    for path, value in (("tenant_id", tenant.tenant_id), ("auth.client_id", tenant.auth.client_id)):
        if not value:
            raise PermanentError(f"tenants.{name}.{path} is missing in the policy")
    if not (ids.is_of_entra(tenant.tenant_id) or _DOMAIN.fullmatch(tenant.tenant_id)):
        raise PermanentError(
            f"tenants.{name}.tenant_id is {tenant.tenant_id!r}: neither an id nor a domain such as contoso.example"
        )
    if not ids.is_of_entra(tenant.auth.client_id):
        raise PermanentError(
            f"tenants.{name}.auth.client_id is {tenant.auth.client_id!r}, which is no application id: put the one of "
            "your app registration there (docs/many-tenants.md, Once)"
        )
    return consent_url(tenant.cloud, tenant.tenant_id, tenant.auth.client_id)


def _grant(cloud: "Cloud", principal: str, roles: "Sequence[AppRole]") -> None:
    from shared.core.upkeep.granting import assignments_url
    from shared.core.upkeep.graph_roles import GRAPH, ROLES, has_role

    url = assignments_url(cloud, principal)
    graph = str(az("ad", "sp", "show", "--id", GRAPH, "--query", "id"))
    granted = _granted(cloud, url)
    names = {role.name for role in ROLES if role.id in granted}
    for role in roles:
        if has_role(role, names):
            typer.echo(f"{role.name}: it was granted before")
            continue
        how = _give(cloud, url, {"principalId": principal, "resourceId": graph, "appRoleId": role.id})
        typer.echo(f"{role.name}: {how}")
    typer.echo("The app has it with its next token: up to 24 hours later, or at its first start.")


def _granted(cloud: "Cloud", url: str) -> set[str]:
    """The ids of the roles that are granted now."""
    found: set[str] = set()
    for _ in range(_MOST_PAGES):
        page: Any = az("rest", "--method", "GET", "--url", url, *_resource(cloud))
        found |= {str(each["appRoleId"]) for each in page["value"]}
        if not (url := page.get("@odata.nextLink", "")):
            break
    return found


def _give(cloud: "Cloud", url: str, body: dict[str, str]) -> str:
    try:
        az("rest", "--method", "POST", "--url", url, *_resource(cloud), body=body)
    except RefusedCommandError as error:
        if _THERE in error.said:  # somebody else was faster
            return "it was granted before"
        if _NOT_ALLOWED.search(error.said):
            raise PermanentError(
                "you may not grant it: that takes Privileged Role Administrator or Global Administrator. The request "
                "to send to who may: foresignal grant --print"
            ) from error
        raise
    return "granted"


def _resource(cloud: "Cloud") -> tuple[str, ...]:
    """Whom the token is for, where az does not know it by the address."""
    from shared.core.clouds import CLOUDS

    return () if cloud in ("worldwide", "gcc") else ("--resource", f"https://{CLOUDS[cloud].graph}")


def _others(policy: "Policy") -> None:
    """What is left to do for tenants that our identity does not read itself."""
    for name, tenant in policy.tenants.items():
        if tenant.auth.kind != "managed_identity":
            complain(printable(f"tenant {name} is read with an app registration: foresignal grant --consent {name}"))
