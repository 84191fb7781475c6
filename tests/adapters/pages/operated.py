"""Pages of those who run it: owners, health, who did what, people; full of things."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from shared.adapters.pages.audit import audit_page, erase_page, people_page
from shared.adapters.pages.health import checks_page, health_page, queues_page, tenants_page
from shared.adapters.pages.owners import Asked, owners_page
from shared.adapters.pages.render import Viewer, viewer
from shared.core.changes.change import Event
from shared.core.decisions.explained import explained
from shared.core.decisions.what_if import starting, what_if_described
from shared.core.life.load import Load
from shared.core.policy.answering import answers
from shared.core.policy.model import Absence, Match, Policy, Route, Team, Tenant, Workload
from shared.core.posts.classification import Classification
from shared.core.posts.post import Post
from shared.core.upkeep.findings import Finding, failing, ok, unknown
from shared.record.audit import Entry
from shared.record.parked import ParkedHead
from shared.record.people import KnownPerson
from shared.usecases.pages.audit import AuditEntry, AuditView, Wanted
from shared.usecases.pages.health import HealthView, ParkedView, QueueView, TenantsPage
from shared.usecases.pages.owners import Owned, OwnersView, RoleView, TeamView

NOW = datetime(2026, 9, 16, 12, 0, tzinfo=UTC)
PERSONAS = (("", "You, with every role"), ("reader", "Reader"), ("owner-messaging", "Owner of messaging"))
ADMIN = Viewer("Ana Torres", frozenset({"admin"}), "5e" * 16)
IN_A_SANDBOX = Viewer("Reader", frozenset({"reader"}), "5e" * 16, personas=PERSONAS, persona="reader")
AWAY = Absence.model_validate({"from": "2026-09-14", "until": "2026-09-25"})


def policy() -> Policy:
    return Policy(
        tenants={"contoso": Tenant(), "fabrikam": Tenant()},
        teams={
            "messaging": Team(
                owner="ana.torres@contoso.example", deputy="ben.ito@contoso.example", absent=(AWAY,),
                channel="messaging", crb_group="Messaging", cover_for=("devices",),
            ),
            "workplace": Team(owner="group:workplace-owners@contoso.example", channel="workplace"),
            "devices": Team(owner="cy.okafor@contoso.example"),
        },
        workloads={
            "exchange": Workload(services=("Exchange Online", "Microsoft Bookings"), team="messaging"),
            "apps": Workload(services=("Microsoft 365 apps",), catch_all=True, team="workplace"),
        },
        routes=Route(
            name="Everything else",
            team="workplace",
            routes=(
                Route(name="Ticket for the board", match=Match(crb=True), cards=("messaging",), **{"continue": True}),
                Route(
                    match=Match(kind=("retirement", "security")), cards=("owner",),
                    routes=(Route(name="Users will ask", match=Match(user_impact=("high",)), cards=("workplace",)),),
                ),
                Route(name="Soon", match=Match(starts_within=30), cards=("owner",)),
            ),
        ),
    )  # fmt: skip


def owners() -> OwnersView:
    ours, today = policy(), NOW.date()
    owned = {
        "messaging": (Owned("exchange", ("Exchange Online", "Microsoft Bookings"), ("Microsoft Exchange",)),),
        "workplace": (Owned("apps", ("Microsoft 365 apps",), catch_all=True),),
    }
    loads = {"messaging": Load(12, 2, 1, 5), "workplace": Load(31, 4, 3, 18), "devices": Load()}
    return OwnersView(
        tuple(
            TeamView(
                name, team.owner, team.deputy, team.channel, team.crb_group, team.cover_for,
                answers(ours, name, today), team.absent, owned.get(name, ()), loads[name], name == "workplace",
            )
            for name, team in ours.teams.items()
        ),
        (
            RoleView("process_owner", ("eva.lund@contoso.example",), "workplace"),
            RoleView("help_desk", ("desk@contoso.example",), ""),
        ),
        (("Sway", 3), ("Microsoft Places", 1)),
        4,
        {"voice": Load(1, 0, 0, 1)},
        today,
        complete=True,
    )  # fmt: skip


def asked() -> Asked:
    post = Post(
        "MC1234567", "Mailbox rules: the old wizard is removed <soon>", NOW, services=("Exchange Online", "Sway")
    )
    reading = Classification(
        "", windows=(starting(date(2026, 10, 5)),), status="scheduled", kind="retirement", crb=True, user_impact="low"
    )
    answer = what_if_described(policy(), post, reading, [Event("announced", "", NOW)], NOW.date(), ("contoso",))
    return Asked("MC1234567", answer=explained(replace(answer, id="MC1234567")))


def report(**over: Any) -> dict[str, Any]:
    def tenant(name: str, source: str = "messages", **more: Any) -> dict[str, Any]:
        well = {
            "tenant": name, "source": source, "required": True, "posts": 1204, "fetched": ago(minutes=9),
            "failure": "", "failures": 0, "not_before": None, "ok": True,
        }  # fmt: skip
        return well | more

    return {
        "status": "ok",
        "asleep": False,
        "now": NOW.isoformat(),
        "tenants": [
            tenant("contoso"),
            tenant("contoso", "planner", posts=311),
            *(not_well := over.pop("tenants", ())),
        ],
        "tenants_well": 2,
        "tenants_not_well": len(not_well),
        "roadmap": {"enabled": True, "items": 1840, "fetched": ago(hours=7), "failure": "", "ok": True},
        "down": [],
        "limited": [],
        "parked": 0,
        "parked_or_more": False,
        "policy": "in force",
        "lists": {"mark": ago(minutes=4), "failure": "", "ok": True},
        "first_load": [],
        **over,
    }


def ago(**time: float) -> str:
    return (NOW - timedelta(**time)).isoformat()


def parked() -> list[ParkedHead]:
    reasons = (
        "Jira answered 400: customfield_10042 cannot be set. It is not on the appropriate screen, or unknown.",
        "failed again and again with an error of ours; its traceback is in the log",
    )
    return [
        ParkedHead(f"2026-09:tickets|{n:024x}", "tickets", f"MC{1234567 + n}", reasons[n % 2], NOW - timedelta(hours=n))
        for n in range(3)
    ]


def not_well() -> HealthView:
    wrong = {"required": True, "posts": 0, "fetched": None, "failure": "", "failures": 0, "not_before": None}
    tenants = [
        {**wrong, "tenant": "fabrikam", "source": "messages", "ok": False, "posts": 980, "fetched": ago(hours=5)},
        {
            **wrong, "tenant": "tailspin", "source": "messages", "ok": False, "required": False, "failures": 4,
            "failure": "Graph answered 403: the app lacks ServiceMessage.Read.All", "not_before": ago(minutes=-20),
        },
        {**wrong, "tenant": "wingtip", "source": "messages", "ok": False},
    ]  # fmt: skip
    down = [
        {
            "target": "channel messaging", "since": ago(hours=3), "reason": "answered 404: the workflow is gone",
            "what_to_do": "Make the workflow anew, and put its address into the secret TEAMS-MESSAGING-URL.",
            "waiting": 7, "next_try": ago(minutes=-25),
        }
    ]  # fmt: skip
    asked = {
        "deployed": True, "month": "2026-09", "budget": 300, "asked": 41, "answered": 38, "tokens_in": 71_000,
        "tokens_out": 16_400, "fault": "the second reader: no answer within 60 s",
    }  # fmt: skip
    more = {
        "reader": asked, "status": "degraded", "down": down, "parked": 3, "tenants": tenants,
        "policy": "policy.yaml:12: teams.messaging.channel: undefined channel 'mial' (known: mail)\n1 fault",
        "limited": [{"channel": "workplace", "sent": 50, "words": "channel workplace had its cards of the day (50)"}],
        "first_load": [{"kind": "card", "target": "workplace", "waiting": 40, "words": "40 cards for workplace wait"}],
    }  # fmt: skip
    return HealthView(report(**more), ParkedView(tuple(parked()), 3, {"tickets": 3}), NOW, "contoso-prod")


def large() -> HealthView:
    """A thousand tenants, most of them well, and more parked than a page holds."""
    failing = not_well().report["tenants"][3:]
    named = [{**each, "tenant": f"{each['tenant']}{n}"} for n in range(6) for each in failing]
    many = {
        "status": "degraded", "tenants": named,
        "tenants_well": 968, "tenants_not_well": 71, "parked": 1000, "parked_or_more": True,
    }  # fmt: skip
    queues = {"tickets": 812, "cards": 188}
    view = ParkedView(tuple(parked()), 1000, queues, True, "tickets", parked()[-1].key)
    return HealthView({**report(), **many}, view, NOW, "contoso-prod")


def every_tenant() -> TenantsPage:
    return TenantsPage(tuple(not_well().report["tenants"]), 2, 10, 968, NOW)


def queues() -> list[QueueView]:
    return [
        QueueView("fetches"),
        QueueView("posts", 12, NOW - timedelta(minutes=3)),
        QueueView("changes", 4),
        QueueView("cards", failure="looking into queue cards failed: the service is busy"),
    ]


def findings() -> list[Finding]:
    """Of every condition and area some, with long words and commands."""
    right = '`az role assignment create --assignee-object-id 0f8e0000-0000-4000-8000-000000000001 --role "..."`'
    return [
        ok("identity", "our identity", "func-contoso, an app, object id 0f8e0000-0000-4000-8000-000000000001"),
        ok("storage", "tables: read", "read, as func-contoso"),
        failing(
            "storage", "queues: read", "AuthorizationPermissionMismatch: queue fetches", "right_missing", commands=right
        ),
        failing("storage", "queue cards-poison", "it is not there", "part_missing"),
        ok("policy", "policy", "in force; tenants: 2, routes: 14"),
        failing(
            "secrets", "secret TEAMS_MAIL", "it has a <newline> at its end", "secret_padded", set_it="`az keyvault ...`"
        ),
        failing("tenants", "tenant contoso: role ServiceMessage.Read.All", "missing", "role_missing"),
        unknown("tenants", "tenant contoso: read", "not asked until that is mended"),
        ok(
            "channels",
            "channel messaging",
            "prod-01.westeurope.logic.azure.com; the last card went out 2026-09-16 08:00",
        ),
        unknown("channels", "channel mail: Mail.Send", "Exchange gives it for one mailbox, which no token shows"),
        ok("clock", "clock", "at most 1 seconds from those of Graph"),
    ]


def acts() -> AuditView:
    ana, ben = "0f8e0000-0000-4000-8000-000000000001", "0f8e0000-0000-4000-8000-000000000002"
    said = [
        (Entry(NOW, "MC1234567", "board", "Ana Torres", "card in messaging", "", {"team": "messaging"}), ana),
        (
            Entry(
                NOW, "MC1234567", "settle", "Ben Ito", "page", "",
                {"fields": [["kind", "info", "security", False]], "words": "It says <so> in the text."},
            ),
            ben,
        ),
        (Entry(NOW, "CHG0030001", "move", "ben", "command", "", {"state": "scheduled", "change": "MC1234567"}), "ben"),
        (Entry(NOW, "MC1234568, MC1234569", "replay", "somebody", "page", "", {"queue": "tickets"}), ana),
        (Entry(NOW, "policy 20260916", "push", "eva", "command", "", {"message": "Sway has an owner"}), "eva"),
        (Entry(NOW, "somebody", "erase", "Ana Torres", "page"), ana),
    ]  # fmt: skip
    return AuditView(tuple(AuditEntry(entry, who, ()) for entry, who in said), "2026-08:x")


def people() -> list[KnownPerson]:
    return [
        KnownPerson("0f8e0000-0000-4000-8000-000000000001", "Ana Torres", "ana.torres@contoso.example"),
        KnownPerson("0f8e0000-0000-4000-8000-000000000002", "Ben <b>Ito</b>", "ben.ito@contoso.example"),
    ]


def pages() -> dict[str, str]:
    token = viewer.set(ADMIN)
    try:
        shown = {
            "owners": owners_page(owners()),
            "owners-why": owners_page(owners(), asked()),
            "owners-unknown": owners_page(
                replace(owners(), unowned=(), unowned_changes=0, complete=False),
                Asked("MC7654321", fault="There is no change MC7654321 here that you may see."),
            ),
            "health": health_page(HealthView(report(), ParkedView(), NOW, "contoso-prod"), [], is_admin=True),
            "health-bad": health_page(not_well(), parked(), is_admin=True, done="It is on its way again."),
            "health-large": health_page(large(), parked(), first=False, is_admin=True),
            "tenants": tenants_page(every_tenant()),
            "queues": queues_page(queues(), NOW),
            "checks": checks_page(findings()),
            "checks-well": checks_page([each for each in findings() if each.condition == "ok"]),
            "audit": audit_page(acts(), Wanted(), is_admin=True),
            "audit-asked": audit_page(
                replace(acts(), who="Ana Torres"), Wanted("MC1234567", people()[0].id, "board", "2026-08:x")
            ),
            "audit-empty": audit_page(AuditView((), ""), Wanted()),
            "people": people_page(people()),
            "people-empty": people_page(people(), "nobody", done="The name is erased."),
            "erase": erase_page(people()[1]),
        }
        viewer.set(replace(ADMIN, asleep=True))
        sleeping = HealthView(report(status="degraded", asleep=True), ParkedView(), NOW, "contoso-prod")
        shown["health-asleep"] = health_page(sleeping, [], is_admin=True)
        viewer.set(IN_A_SANDBOX)
        return {**shown, "health-persona": health_page(not_well(), parked())}
    finally:
        viewer.reset(token)
