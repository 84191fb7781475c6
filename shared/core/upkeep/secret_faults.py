"""What is wrong with a secret, without a word of its value."""

import re
from datetime import datetime, timedelta

from shared.core.errors import PermanentError
from shared.core.policy.parts import vault_name
from shared.core.ports.deployment import SecretState
from shared.core.signing import fault_of, keys_of
from shared.core.upkeep.findings import Finding, failing, ok

SOON = timedelta(days=30)
_UNRESOLVED = "@Microsoft.KeyVault("


_PLAIN = re.compile(r"[A-Za-z0-9.:-]+")
_SHELL_SAFE = re.compile(r"[A-Za-z0-9.:*,; -]+")
_NEW_END = "YYYY-MM-DDTHH:MM:SSZ"


def setting_command(name: str, vault: str, hosts: str = "", expires: str = "") -> str:
    """The command that stores a secret; where there is no vault, what to do in its place.

    `hosts`: where it may be sent, and `expires`: when it ends. Key Vault takes neither from the version before.
    """
    if not vault:
        return f"the environment variable {name}, on the machine that runs this"
    tag = f" --tags {_tag(hosts)}" if hosts else ""
    end = f" --expires {expires}" if expires else ""
    return f"`az keyvault secret set --vault-name {vault} --name {vault_name(name)} --value VALUE{tag}{end}`"


def _tag(hosts: str) -> str:
    """In quotes where a shell would read it otherwise; what no host has is not printed for anybody to paste."""
    if _PLAIN.fullmatch(hosts):
        return f"foresignal-hosts={hosts}"
    return f'"foresignal-hosts={hosts}"' if _SHELL_SAFE.fullmatch(hosts) else "foresignal-hosts=HOST"


def secret_finding(
    name: str, path: str, state: SecretState | None, now: datetime, *, vault: str = "", bound: bool = False
) -> Finding:
    """What is to be said of a secret. `path`: where the policy names it. `vault`: that it is kept in.

    `bound`: a ticket system's secret needs the tag that says where it may be sent.
    """
    subject = f"secret {name}"
    said = _fault(name, path, state, now, needs_tag=bound and bool(vault))
    if said:
        words, cause = said
        hosts = (state.hosts if state else "") or ("HOST" if _is_sent(path) else "")
        end = f"{state.expires:%Y-%m-%dT%H:%M:%SZ}" if state and state.expires else ""
        end = _NEW_END if cause == "secret_expired" or (state and _ends_soon(state, now)) else end
        values = {"set_it": setting_command(name, vault, hosts, end), "vault": vault, "name": vault_name(name)}
        return failing("secrets", subject, f"{words} ({path})", cause, **values)
    ends = f", ends on {state.expires:%Y-%m-%d}" if state and state.expires else ""
    return ok("secrets", subject, f"it is there{ends} ({path})")


def _fault(
    name: str, path: str, state: SecretState | None, now: datetime, *, needs_tag: bool
) -> tuple[str, str] | None:
    """What is wrong, in words, and its entry of `REMEDIES`: the first fault, as the others follow from it."""
    if state is None:
        return "it is not there", "secret_missing"
    if state.value.startswith(_UNRESOLVED):
        return "it holds a Key Vault reference that was not resolved", "secret_unresolved"
    if not state.value.strip():
        return "it is empty", "secret_empty"
    return _fault_of_form(name, path, state.value) or _fault_of_care(path, state, now, needs_tag=needs_tag)


def _fault_of_form(name: str, path: str, value: str) -> tuple[str, str] | None:
    if path == "answers.key":  # a key a line
        fault = _fault_of_keys(name, value)
        return (fault, "answer_key_bad") if fault else None
    if value != value.strip():
        return f"it has {_padding(value)}; we take that away, other programs do not", "secret_padded"
    if len(value.splitlines()) > 1:
        return "it is more than one line", "secret_broken"
    fault = fault_of(value) if path.endswith(".inbound") else ""
    return (f"it {fault}", "inbound_weak") if fault else None


def _fault_of_care(path: str, state: SecretState, now: datetime, *, needs_tag: bool) -> tuple[str, str] | None:
    """What whoever keeps it did not say, or has not done in time."""
    if needs_tag and _is_sent(path) and not state.hosts:
        return "it has no tag foresignal-hosts, so that it is sent nowhere", "secret_unbound"
    if state.expires and _ends_soon(state, now):
        ended = "it ended" if state.expires <= now else "it ends"
        return f"{ended} on {state.expires:%Y-%m-%d}", "secret_expired"
    return None


def _is_sent(path: str) -> bool:
    """Whether it goes to a ticket system's host; `path`: where the policy names it."""
    return path.startswith("tickets.") and not path.endswith(".inbound")


def _ends_soon(state: SecretState, now: datetime) -> bool:
    return state.expires is not None and state.expires - now < SOON


def _padding(value: str) -> str:
    before, after = value[: -len(value.lstrip())], value[len(value.rstrip()) :]
    what = "a newline" if {"\n", "\r"} & set(before + after) else "a blank"
    return f"{what} at its {' and '.join(where for where, cut in (('beginning', before), ('end', after)) if cut)}"


def _fault_of_keys(name: str, value: str) -> str:
    try:
        keys_of(name, value)
    except PermanentError as error:
        return str(error)
    return ""
