"""Each tenant: whom its Graph takes us for, what we may read there, and one read."""

from collections.abc import Sequence

from shared.core import ids
from shared.core.clouds import CLOUDS, consent_url
from shared.core.errors import SignInError, TransientError, UngrantedError
from shared.core.policy.model import Tenant
from shared.core.ports.outside import Identity
from shared.core.upkeep.findings import Finding, failing, ok, unknown
from shared.core.upkeep.graph_roles import AppRole, has_role, roles_for
from shared.core.upkeep.secret_faults import setting_command
from shared.core.upkeep.sign_in import ELSEWHERE, refused
from shared.usecases.upkeep.checks.asking import Examination


async def look_at_tenant(exam: Examination, name: str, tenant: Tenant) -> list[Finding]:
    async def ask() -> Sequence[Finding]:
        return await _look_at(exam, name, tenant)

    return await exam.ask("tenants", f"tenant {name}", ask)


async def _look_at(exam: Examination, name: str, tenant: Tenant) -> list[Finding]:
    if broken := exam.broken_secret(f"tenants.{name}."):
        return [unknown("tenants", f"tenant {name}", f"not asked: look at the secret {broken}")]
    try:
        identity = await exam.deps.outside.access.identity(name, tenant)
    except SignInError as error:
        if error.code == ELSEWHERE:
            return [unknown("tenants", f"tenant {name}", elsewhere(exam))]
        secret = tenant.auth.secret
        set_it = setting_command(secret, exam.deps.here.place.vault, exam.hosts.get(secret, ""))
        return [refused(name, tenant, error.code, set_it)]
    except TransientError as error:
        return [failing("tenants", f"tenant {name}", str(error), "graph_silent", tenant=name, host=_login(tenant))]
    if identity is None:
        return [unknown("tenants", f"tenant {name}: roles", "its token does not say"), await _read(exam, name, tenant)]
    findings = [_whom(name, tenant, identity)]
    if findings[0].condition == "ok":
        findings += [_role(name, tenant, role, identity) for role in _needed(exam, tenant)]
    if any(finding.condition == "failing" for finding in findings):
        return [*findings, unknown("tenants", f"tenant {name}: read", "not asked until that is mended")]
    return [*findings, await _read(exam, name, tenant)]


def _needed(exam: Examination, tenant: Tenant) -> tuple[AppRole, ...]:
    return roles_for(exam.policy, tenant) if exam.policy else ()


def elsewhere(exam: Examination) -> str:
    """Where an admin's machine cannot ask for the app's own identity."""
    page = f"{exam.deps.here.public_url}/api/status?checks=yes"
    return (
        "the app's own identity reads it, and is not on this machine: open "
        f"{page} as an admin; `foresignal grant` shows which roles are granted"
    )


def _whom(name: str, tenant: Tenant, identity: Identity) -> Finding:
    subject = f"tenant {name}: identity"
    is_id = ids.is_of_entra(tenant.tenant_id)  # a policy may name a domain, which no token does
    if is_id and tenant.tenant_id.lower() != identity.tenant.lower():
        words = f"the token is of tenant {identity.tenant}, the policy names {tenant.tenant_id}"
        return failing(
            "tenants", subject, words, "wrong_tenant", tenant=name, actual=identity.tenant, expected=tenant.tenant_id
        )
    return ok("tenants", subject, f"app {identity.app or 'without a name'} in tenant {identity.tenant}")


def _role(name: str, tenant: Tenant, role: AppRole, identity: Identity) -> Finding:
    subject = f"tenant {name}: role {role.name}"
    if has_role(role, identity.roles):
        return ok("tenants", subject, f"granted; {role.why}")
    words = f"missing; {role.why}"
    if tenant.auth.kind == "managed_identity":
        return failing("tenants", subject, words, "role_missing")
    app = tenant.auth.client_id
    consent = consent_url(tenant.cloud, tenant.tenant_id, app)
    return failing("tenants", subject, words, "role_missing_there", app=app, consent=consent)


async def _read(exam: Examination, name: str, tenant: Tenant) -> Finding:
    subject = f"tenant {name}: read"
    try:
        exam.note_clock("Graph", await exam.deps.outside.access.try_read(name, tenant))
    except UngrantedError as error:
        return failing("tenants", subject, str(error), "graph_refuses", tenant=name)
    except TransientError as error:
        if error.retry_after is not None:
            return unknown("tenants", subject, f"Graph asks us to wait: {error}")
        host = CLOUDS[tenant.cloud].graph
        return failing("tenants", subject, str(error), "graph_silent", tenant=name, host=host)
    return ok("tenants", subject, "one post was asked for, and Graph answered")


def _login(tenant: Tenant) -> str:
    hosts = CLOUDS[tenant.cloud]
    return f"{hosts.login} and {hosts.graph}"
