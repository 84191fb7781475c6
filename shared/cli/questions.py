"""The questions of `foresignal init`: those that no option has answered, each with a proposal."""

from typing import Any

import typer

NONE = "-"
"""What is answered where there is nobody."""


def ask_all(answers: dict[str, Any], *, channels: bool | None, tickets: str) -> dict[str, Any]:
    """The answers with what was asked put in."""
    from shared.adapters.policy import starter

    filled = dict(answers)
    typer.echo("Press Enter to take what is in brackets. You can change everything in the file afterwards.\n")
    _organisation(filled)
    typer.echo(f"\nWho owns what? Give an address, another area that does the work, or {NONE} for workplace.")
    for area, about in starter.areas().items():
        if area not in filled["owners"] and area not in filled["merged"]:
            _owner(filled, area, about)
    if channels is None:
        filled["channels"] = typer.confirm("\nSend cards to Teams channels?", default=False)
    if filled["channels"]:
        _roles(filled)
    _tickets(filled, tickets)
    return filled


def _organisation(answers: dict[str, Any]) -> None:
    if not answers["organisation"]:
        answers["organisation"] = typer.prompt("Your organisation's name", default="Contoso")
    if answers["domain"] == "example.com":
        answers["domain"] = typer.prompt("Its mail domain", default="example.com")
    if tuple(answers["tenants"]) == ("home",):
        more = typer.prompt("Other tenants, with their ids (NAME=ID, ...)", default=NONE)
        tenants = [each.strip() for each in more.split(",")]
        answers["tenants"] |= dict(each.partition("=")[::2] for each in tenants if each not in {"", NONE})


def _roles(answers: dict[str, Any]) -> None:
    from shared.adapters.policy import starter

    for role, about in starter.ownership()["roles"].items():
        if role not in answers["roles"]:
            who = typer.prompt(f"{about['what']} ({NONE} for nobody)", default=starter.mail(role, answers["domain"]))
            answers["roles"] |= {} if who == NONE else {role: who}


def _tickets(answers: dict[str, Any], tickets: str) -> None:
    from shared.adapters import registry

    if not tickets:
        kinds = ", ".join(registry.kinds("tickets"))
        answers["tickets"] = typer.prompt(f"\nWhere do tickets go? One of {kinds}", default="register")
    for name, example in _settings(answers["tickets"]).items():
        if name not in answers["settings"]:
            answers["settings"] |= {name: typer.prompt(f"  {name}", default=example or None)}


def _settings(kind: str) -> dict[str, str]:
    """The settings of a ticket system that must be said, with an example where there is one."""
    from shared.adapters import registry
    from shared.adapters.policy import starter

    if kind not in registry.kinds("tickets"):
        return {}
    fields = registry.module("tickets", kind).Settings.model_fields
    example: dict[str, str] = starter.ownership()["tickets"].get(kind, {})
    return example | {name: "" for name, field in fields.items() if field.is_required() and name not in example}


def _owner(answers: dict[str, Any], area: str, about: Any) -> None:
    from shared.adapters.policy import starter

    services = ", ".join(service for load in about["workloads"].values() for service in load["services"][:2])
    proposal = starter.mail(area, answers["domain"])
    who = typer.prompt(f"{about['what']} ({area}: {services})", default=proposal)
    if who == NONE and area != "workplace":
        answers["merged"] |= {area: "workplace"}
    elif who in starter.areas() and who != area:
        answers["merged"] |= {area: who}
    else:
        answers["owners"] |= {area: proposal if who == NONE else who}
