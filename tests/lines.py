"""Lines of a fictitious organisation: some of everything that a list can hold."""

import random
from datetime import timedelta

from shared.core.life.line import Line, Part, part_of
from shared.core.posts.privacy import PRIVATE_TITLE
from tests.fakes import NOW

PRODUCTS = (
    "Microsoft Teams",
    "Exchange Online",
    "SharePoint Online",
    "Microsoft Intune",
    "Microsoft Entra",
    "Power BI",
)
TITLES = (
    "Meeting recap: poll answers find a new home",
    "Mailbox rules: the old wizard is removed",
    "Document libraries: column formats are checked on save",
    "Prompt gallery: shared prompts need an owner",
    "Enrolment: older agents are no longer accepted",
    "Sign-in: number matching for guests",
)
TEAMS = ("workplace", "messaging", "devices", "identity")
WORKLOADS = ("teams", "exchange", "sharepoint", "intune")
KINDS = ("new_feature", "feature_change", "retirement", "security", "maintenance", "info", "")
IMPACTS = ("high", "medium", "low", "")


def some_lines(count: int = 400) -> list[Line]:
    """The same at each call; one in nine is of a post on data privacy."""
    return [a_line(number) for number in range(count)]


def a_line(number: int) -> Line:
    chance = random.Random(number)
    seen = NOW - timedelta(days=chance.randrange(420), hours=chance.randrange(20))
    private, decided = number % 9 == 4, number % 23 != 0
    parts = [_change(number, chance, seen, private=private, decided=decided)]
    filed, worked = decided and number % 3 == 0, decided and number % 5 == 0
    opened = min(NOW, seen + timedelta(hours=chance.randrange(1, 50)))
    moved = _some(chance, opened + timedelta(days=chance.randrange(9)))
    if filed:
        parts.append(_ticket(number, chance, opened, moved))
    if worked:
        given = _some(chance, opened + timedelta(days=1))
        parts.append(
            part_of(
                "task|contoso|t", "E1", {"opened": _iso(opened), "assigned": given, "gone": _some(chance, given, 9)}
            )
        )
    if chance.random() < 0.5:
        parts.append(part_of("card", "00000001", {"first": _iso(opened)}))
    if number % 2 and chance.random() < 0.6:
        parts.append(_closing(number, chance, opened))
    if number % 7 == 0:
        parts.append(
            part_of(
                "people",
                "00000001",
                {"first": _iso(opened), "at": _iso(opened), "moved": () if private else (("devices", "voice"),)},
            )
        )
    if number % 10 and not private:
        parts.append(part_of("tenants", "2026-09-01", {"names": ("contoso", "fabrikam")[: 1 + number % 2]}))
    return Line(f"MC{1_200_000 + number * 37}", tuple(sorted(parts, key=lambda part: part.name)))


def _change(number: int, chance: random.Random, seen, *, private: bool, decided: bool) -> Part:
    values = {
        "title": PRIVATE_TITLE if private else f"{TITLES[number % 6]} ({number})",
        "private": private,
        "team": chance.choice((*TEAMS, "")),
        "stage": "decided" if decided else ("classify", "parked")[number % 2],
        "revision": chance.choice((1, 1, 2, 4)),
        "published": _some(chance, seen - timedelta(days=1), 0.9),
        "modified": _iso(seen + timedelta(days=chance.randrange(4))),
        "first_seen": _iso(seen),
        "decided": _iso(seen) if decided else "",
        "planned": chance.random() < 0.6,
    }
    if not private:
        begins = (seen + timedelta(days=chance.randrange(10, 120))).date()
        ends = begins + timedelta(days=chance.randrange(60))
        dated = chance.random()
        values |= {
            "teams": tuple(chance.sample(TEAMS, chance.randrange(3))),
            "workloads": tuple(chance.sample(WORKLOADS, chance.randrange(3))),
            "services": tuple(chance.sample(PRODUCTS, chance.randrange(3))),
            "unowned": ("Sway",) if chance.random() < 0.1 else (),
            "kind": chance.choice(KINDS),
            "admin_impact": chance.choice(IMPACTS),
            "user_impact": chance.choice(IMPACTS),
            "crb": chance.random() < 0.3,
            "unsure": ("kind", "act_by")[: chance.choice((0, 0, 0, 1, 2))],
            "act_by": (seen + timedelta(days=chance.randrange(10, 200))).date().isoformat()
            if 0.1 < dated < 0.4
            else "",
            "plan_start": begins.isoformat() if dated > 0.2 else "",
            "plan_end": ends.isoformat() if dated > 0.3 else "",
            "last_day": ends.isoformat() if dated > 0.3 else "",
            "slips": slips if (slips := chance.choice((0, 0, 1, 3))) else 0,
            "roadmap": (str(100_000 + number),) if number % 2 else (),
            "controls": ("Set-Something", "Meeting recap policy")[: number % 3],
            "seen_in": ("contoso",),
        }
    return part_of("change", "000001|a|0", values)


def _ticket(number: int, chance: random.Random, opened, moved: str) -> Part:
    state = chance.choice(("new", "assess", "scheduled", "closed", "cancelled"))
    return part_of(
        "ticket|crb",
        "00000001",
        {
            "team": chance.choice(TEAMS),
            "number": f"CHG{number:07d}" if chance.random() < 0.9 else "",
            "state": state,
            "opened_at": _iso(opened),
            "moved_at": moved,
            "decided_at": _some(chance, opened + timedelta(days=chance.randrange(12))),
            "silent": chance.random() < 0.1,
            "ended": state in {"closed", "cancelled"},
        },
    )


def _closing(number: int, chance: random.Random, opened) -> Part:
    closed = min(NOW, opened + timedelta(days=chance.randrange(1, 90)))
    if chance.random() < 0.15:
        return part_of("closing", "00000003", {"number": 1, "reopened": _iso(closed)})
    through = chance.choice(("ticket", "task", "page", "lapsed"))
    values = {"number": 1, "at": _iso(closed), "through": through, "before": through == "lapsed" and number % 3 == 0}
    values |= {"worked": (2, 7, 30), "target": chance.choice(((5, 5, 20), (5, 10, 40), (None, None, None)))}
    return part_of("closing", "00000002", values)


def _some(chance: random.Random, at, share: float = 0.5) -> str:
    if chance.random() >= share or not at:
        return ""
    return at if isinstance(at, str) else _iso(min(at, NOW))


def _iso(at) -> str:
    return at.isoformat()
