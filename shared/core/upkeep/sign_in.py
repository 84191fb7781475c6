"""What Entra means where it gives no token: its code in words, and what mends it.

learn.microsoft.com/entra/identity-platform/reference-error-codes
"""

from shared.core.clouds import CLOUDS, consent_url
from shared.core.policy.model import Tenant
from shared.core.upkeep.findings import Finding, failing

ELSEWHERE = "elsewhere"
"""The code of an identity that is not on this machine."""
_NOT_CONSENTED = {
    "AADSTS65001": "nobody there has consented to the app",
    "AADSTS700016": "the tenant does not know the app: nobody there has consented to it",
    "AADSTS7000229": "the app has no service principal in the tenant: nobody there has consented to it",
    "AADSTS7000112": "the app is switched off in the tenant",
    "AADSTS650052": "the tenant lacks the service that the app asks for",
    "AADSTS650051": "the tenant has no service principal of the app",
    "AADSTS90094": "an administrator there must consent to the app",
}
_NO_TENANT = {
    "AADSTS90002": "Entra knows no such tenant",
    "AADSTS900023": "the tenant's id is none",
    "AADSTS900021": "the tenant's id is none",
    "AADSTS900382": "the tenant is in another cloud",
    "AADSTS50059": "no tenant is named",
}
_NOT_TRUSTED = {
    "AADSTS70021": "the app registration does not trust our identity",
    "AADSTS700211": "the app registration trusts no identity of this issuer",
    "AADSTS700212": "the app registration trusts our identity for another audience",
    "AADSTS700213": "the app registration trusts another identity, not this one",
    "AADSTS700024": "our identity's assertion is not valid now; look at the clock, too",
}
_WRONG_SECRET = {
    "AADSTS7000215": "the client secret is wrong",
    "AADSTS7000222": "the client secret has ended",
}


def refused(name: str, tenant: Tenant, code: str, set_secret: str) -> Finding:
    """A tenant that gives no token. `set_secret`: the command that stores its client secret."""
    subject, app, hosts = f"tenant {name}", tenant.auth.client_id, CLOUDS[tenant.cloud]
    consent = consent_url(tenant.cloud, tenant.tenant_id or "TENANT-ID", app or "CLIENT-ID")
    if code in _NOT_CONSENTED:
        return failing("tenants", subject, f"{_NOT_CONSENTED[code]} ({code})", "consent_missing", consent=consent)
    if code in _NO_TENANT:
        return failing("tenants", subject, f"{_NO_TENANT[code]} ({code})", "tenant_unknown", tenant=name)
    if code in _NOT_TRUSTED:
        words = f"{_NOT_TRUSTED[code]} ({code})"
        return failing(
            "tenants", subject, words, "federation_wrong", app=app, login=hosts.login, audience=hosts.exchange
        )
    if code in _WRONG_SECRET:
        words = f"{_WRONG_SECRET[code]} ({code})"
        return failing("tenants", subject, words, "client_secret_wrong", app=app, set_it=set_secret)
    return failing("tenants", subject, f"Entra gives no token ({code})", "sign_in_failed", tenant=name)
