"""The sandbox's organisations, and their section of the policy."""

import re
from collections.abc import Collection, Mapping
from pathlib import Path

import yaml

from sandbox.errors import SandboxError
from sandbox.microsoft365.credential import tenant_id
from shared.adapters.policy import file
from shared.core.errors import PermanentError
from shared.core.policy.model import Policy

SAMPLE = Path(__file__).with_name("policy.yaml")
_NAMES = ("contoso", "fabrikam", "adventure-works", "northwind", "tailspin", "wingtip", "litware", "proseware")


def names(count: int) -> tuple[str, ...]:
    return tuple(_NAMES[index] if index < len(_NAMES) else f"tenant{index + 1:03d}" for index in range(count))


def policy_text(text: str, graph_url: str, plans: Mapping[str, str], roadmap_url: str = "") -> str:
    """The policy with its tenants and roadmap replaced by the sandbox's own; `plans`: each tenant's Planner plan."""
    lines = ["tenants:"]
    for name, plan in plans.items():
        lines.append(f'  {name}: {{tenant_id: "{tenant_id(name)}", graph_url: "{graph_url}", plan: "{plan}"}}')
    roadmap = f'roadmap: {{url: "{roadmap_url}"}}' if roadmap_url else "roadmap: {enabled: false}"
    return _replaced(_replaced(text, "roadmap", roadmap + "\n"), "tenants", "\n".join(lines) + "\n")


def with_tickets(text: str, policy: Policy, kind: str, settings: Mapping[str, object]) -> str:
    """The policy with every ticket system that it names replaced by one of that kind; how it is used stays."""
    entries = {
        name: {**entry.model_dump(exclude={"kind", "settings", "inbound"}), "kind": kind, "settings": dict(settings)}
        for name, entry in policy.tickets.items()
    }
    return _replaced(text, "tickets", yaml.safe_dump({"tickets": entries}, sort_keys=False))


def known_to_boards(policy: Policy) -> tuple[list[str], list[str], list[str]]:
    """The groups, the people's addresses and the configuration items that the policy names to its ticket systems."""
    groups = [team.crb_group or name for name, team in policy.teams.items()]
    people = [who for team in policy.teams.values() for who in (team.owner, team.deputy)]
    people += [entry.requested_by for entry in policy.tickets.values()]
    people += [who for role in (policy.roles.service_owner,) if role for who in role.who]
    items = [workload.configuration_item for workload in policy.workloads.values()]
    named = (dict.fromkeys(filter(None, each)) for each in (groups, people, items))
    known_groups, known_people, known_items = (list(each) for each in named)
    return known_groups, [who for who in known_people if "@" in who], known_items


def _replaced(text: str, key: str, section: str) -> str:
    # the key and all that is indented under it; comments at the margin belong to what follows
    changed, count = re.subn(rf"(?m)^{key}:.*(?:\n(?:[ \t].*)?)*(?:\n|\Z)", lambda _: section + "\n", text, count=1)
    return changed if count else section + text


def checked(text: str, name: str) -> Policy:
    """The policy; SandboxError with every fault."""
    try:
        return file.load(text, name)
    except PermanentError as error:
        raise SandboxError(str(error)) from error


def refuse_outside(policy: Policy, name: str, played: Collection[str]) -> None:
    """SandboxError where the policy would have the sandbox call a ticket system or channel that is none of its own.

    `played`: the kinds of ticket systems that the sandbox has a server for.
    """
    outside = [
        f"{name}: tickets.{key} is a {entry.kind} outside this machine, which the sandbox does not call. Play "
        f"{'it' if entry.kind in played else 'another'} here with --tickets "
        f"{entry.kind if entry.kind in played else '|'.join(played)}, set its mode to dry_run, or let the sandbox call "
        "it with --allow HOST"
        for key, entry in policy.tickets.items()
        if entry.kind != "register" and entry.mode == "live"
    ]
    outside += [
        f"{name}: channels.{key} is a {entry.kind}, which the sandbox does not have. Let the sandbox call it with "
        "--allow HOST"
        for key, entry in policy.channels.items()
        if entry.kind != "teams_workflow"
    ]
    if outside:
        raise SandboxError("\n".join(outside))


def answer_keys(policy: Policy) -> dict[str, str]:
    """The secret with the keys that sign the links on cards: worth nothing outside this machine."""
    return {policy.answers.key: "sandbox:not-a-secret-outside-this-machine"} if policy.answers.key else {}


def hooks(policy: Policy, inbox_url: str) -> dict[str, str]:
    """The secrets that the Teams channels name: addresses of the inbox, one channel each."""
    return {
        str(channel.settings["url"]): f"{inbox_url}/hook/{name}?sig=sandbox"
        for name, channel in policy.channels.items()
        if channel.kind == "teams_workflow" and channel.settings.get("url")
    }
