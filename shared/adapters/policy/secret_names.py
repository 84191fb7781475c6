"""The secrets that a policy names."""

from shared.adapters import registry
from shared.core.policy.model import Policy, SecretName


def secret_names(policy: Policy) -> list[tuple[str, str]]:
    """Every secret that the policy names, with its path."""
    secrets = [
        (f"tenants.{name}.auth.secret", tenant.auth.secret)
        for name, tenant in policy.tenants.items()
        if tenant.auth.kind == "secret"
    ]
    for folder, section in (("channels", policy.channels), ("tickets", policy.tickets)):
        for name, outside in section.items():
            fields = registry.module(folder, outside.kind).Settings.model_fields
            meta = SecretName.__metadata__  # type: ignore[attr-defined]  # an Annotated type has it
            for key, value in outside.settings.items():
                if key in fields and meta[0] in fields[key].metadata and value:
                    secrets.append((f"{folder}.{name}.settings.{key}", str(value)))
    secrets += [(f"tickets.{name}.inbound", entry.inbound) for name, entry in policy.tickets.items() if entry.inbound]
    secrets += [("answers.key", policy.answers.key)] if policy.answers.key else []
    return secrets
