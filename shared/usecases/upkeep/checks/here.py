"""Who we are, the policy, its secrets, and the clock."""

from collections.abc import Sequence
from datetime import timedelta

from shared.core.errors import ForbiddenError, NotMadeError, SignInError, TransientError
from shared.core.policy.parts import vault_name
from shared.core.signing import keys_of
from shared.core.upkeep.findings import Finding, failing, ok, unknown
from shared.core.upkeep.secret_faults import secret_finding
from shared.record.imports import import_here
from shared.usecases.upkeep.checks.asking import Examination

MOST_OFF = timedelta(minutes=5)
"""Beyond that, Entra and storage refuse what we sign."""
_SHOWN = 600  # characters of what is wrong with a policy
_FIREWALL = frozenset({"ForbiddenByFirewall", "ForbiddenByConnection"})


async def look_at_identity(exam: Examination) -> list[Finding]:
    async def ask() -> Sequence[Finding]:
        try:
            own = exam.own = await exam.deps.outside.access.own()
        except SignInError as error:
            cause = "no_identity" if exam.deps.here.place.is_app else "signed_out"
            return [failing("identity", "our identity", str(error), cause)]
        if own is None:
            return [ok("identity", "our identity", "none is needed: storage takes a key, beside a sandbox")]
        who = own.name or own.app or "without a name"
        kind = "a person" if own.is_person else "an app"
        return [ok("identity", "our identity", f"{who}, {kind}, object id {own.object_id}, tenant {own.tenant}")]

    return await exam.ask("identity", "our identity", ask)


async def look_at_policy(exam: Examination) -> list[Finding]:
    async def ask() -> Sequence[Finding]:
        source = exam.deps.here.policy
        try:
            exam.policy = await source.current()
        except (ForbiddenError, NotMadeError):
            raise
        except TransientError as error:
            if not source.failure:
                raise
            return [failing("policy", "policy", str(error)[:_SHOWN], "policy_faulty")]
        if source.failure:
            words = f"the last good one is in force. {source.failure}"
            return [failing("policy", "policy", words[:_SHOWN], "policy_faulty")]
        if exam.policy.asleep:
            return [await _asleep(exam)]
        tenants, routes = len(exam.policy.tenants), len(exam.policy.routes.routes)
        return [ok("policy", "policy", f"in force; tenants: {tenants}, routes: {routes + 1}")]

    return await exam.ask("policy", "policy", ask)


async def _asleep(exam: Examination) -> Finding:
    begun = await import_here(exam.deps.storage.tables)
    if begun and begun.done is None:
        return failing("policy", "policy", "asleep: an import is not whole", "half_imported")
    return failing("policy", "policy", "asleep: nothing is read, filed or sent", "asleep")


async def look_at_secret(exam: Examination, path: str, name: str) -> list[Finding]:
    place = exam.deps.here.place

    async def ask() -> Sequence[Finding]:
        secrets = exam.deps.here.secrets
        if secrets is None:
            return [unknown("secrets", f"secret {name}", "there is nothing that keeps secrets here")]
        try:
            state = await secrets.inspect(name)
        except ForbiddenError as error:
            return [_refused(exam, name, error)]
        except TransientError as error:
            return [failing("secrets", f"secret {name}", str(error), "vault_unreachable")]
        exam.hosts[name] = state.hosts if state else ""
        now = exam.deps.here.clock()
        return [secret_finding(name, path, state, now, vault=place.vault, bound=place.bound_secrets)]

    findings = await exam.ask("secrets", f"secret {name}", ask)
    exam.secrets[name] = findings[0]
    return findings


def _refused(exam: Examination, name: str, error: ForbiddenError) -> Finding:
    vault, subject = exam.deps.here.place.vault or "KEY-VAULT", f"secret {name}"
    words = f"Key Vault refuses it ({error.code or 'forbidden'})"
    if error.code in _FIREWALL:
        return failing("secrets", subject, words, "vault_closed")
    if error.code == "SecretDisabled":
        return failing("secrets", subject, words, "secret_disabled", vault=vault, name=vault_name(name))
    own = exam.own
    kind = "User" if own and own.is_person else "ServicePrincipal"
    principal = own.object_id if own else "OBJECT-ID"
    return failing("secrets", subject, words, "vault_refused", principal=principal, kind=kind, vault=vault)


async def look_at_answers(exam: Examination) -> list[Finding]:
    async def ask() -> Sequence[Finding]:
        key = exam.policy.answers.key if exam.policy else ""
        if not key:
            return [ok("answers", "answers from cards", "no key: cards have no buttons that answer (docs/policy.md)")]
        if exam.broken_secret("answers."):
            return [unknown("answers", "answers from cards", f"not asked: look at the secret {key}")]
        assert exam.deps.here.secrets is not None
        keys = keys_of(key, await exam.deps.here.secrets.get(key))
        return [ok("answers", "answers from cards", f"signed with {keys[0].id}, the newest of {len(keys)}")]

    return await exam.ask("answers", "answers from cards", ask)


async def look_at_clock(exam: Examination) -> list[Finding]:
    """From the answers that were heard so far, so it comes last."""

    async def ask() -> Sequence[Finding]:
        if not exam.clocks:
            return [unknown("clock", "clock", "nobody has told us the time")]
        whose, ahead = max(exam.clocks.items(), key=lambda pair: abs(pair[1]))
        off = abs(ahead)
        if off > MOST_OFF.total_seconds():
            way = "behind" if ahead > 0 else "ahead of"
            words = f"ours is {off / 60:.0f} minutes {way} that of {whose}"
            return [failing("clock", "clock", words, "clock_off")]
        return [ok("clock", "clock", f"at most {off:.0f} s from those of {', '.join(sorted(exam.clocks))}")]

    return await exam.ask("clock", "clock", ask)
