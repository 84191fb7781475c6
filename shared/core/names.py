"""Names of queues, tables and containers (those of infra/ and no others: a test compares them), and of a deployment."""

import re

VERSION = "0.1.0"
"""Foresignal's own version, as pyproject.toml has it."""
QUEUES = ("fetches", "posts", "changes", "tickets", "cards", "tasks")
READINGS = "readings"
"""The queue of a second reader: it is there always, and used where the policy has one."""
EVERY_QUEUE = (*QUEUES, READINGS)
POISON = "-poison"
TABLES = (
    "changes", "tenants", "tasks", "open", "closings", "parked", "register", "dryruns", "webhooks", "numbers",
    "deliveries", "audit", "runs", "people", "touched", "opens", "feeds",
)  # fmt: skip
CONTAINERS = ("config", "lists", "oversize", "reports")

LONGEST_DEPLOYMENT = 64
_DEPLOYMENT = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


def deployment_fault(name: str) -> str:
    """Why a new deployment may not be called so, as a sentence; empty for a good name.

    The name stands in tickets' keys, which are labels in Jira and tags in Azure DevOps. Those do not tell `Prod` from
    `prod`, and a tag ends at `;` or `,`. infra/main.bicep has the same rule.
    """
    if len(name) <= LONGEST_DEPLOYMENT and _DEPLOYMENT.fullmatch(name):
        return ""
    return (
        f"the deployment's name {name[: LONGEST_DEPLOYMENT + 1]!r} must be lower-case letters, digits and -, with a "
        f"letter or digit at both ends, at most {LONGEST_DEPLOYMENT} characters: it stands in the keys of tickets, and "
        "ticket systems do not tell capitals from small letters"
    )
