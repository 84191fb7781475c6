"""Posts as bad as real ones get, in words of our own: the longest, the one with most dates, right to left, tables."""

from collections.abc import Mapping
from typing import Any

_DAYS = ("early", "mid", "late")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September")
_CLOUDS = ("Worldwide", "GCC", "GCC High", "DoD")
_STEP = "Renew the rules of mailbox group number {n} on the new rule page."
_PARAGRAPH = (
    "Forwarding rules that were made before the new rule page are read once more, and those that name a group which no "
    "longer exists are shown with a warning. A rule that was edited by hand keeps its order. Where two rules name the "
    "same group, the older one is asked first, and the newer one only where the older one does not answer. "
)


def post(number: int, title: str, body: str, **over: Any) -> Mapping[str, Any]:
    return {
        "id": f"MC12{number:05d}",
        "title": title,
        "startDateTime": "2026-04-20T17:00:00Z",
        "lastModifiedDateTime": "2026-05-04T18:30:00Z",
        "actionRequiredByDateTime": "2026-12-14T00:00:00Z",
        "category": "planForChange",
        "severity": "normal",
        "isMajorChange": True,
        "services": ["Exchange Online"],
        "tags": ["Retirement", "User impact", "Admin impact"],
        "details": [{"name": "Summary", "value": "Old forwarding rules stop working on December 14, 2026."}],
        "body": {"contentType": "html", "content": body},
    } | over


def _section(title: str, text: str) -> str:
    return f"<p><b>{title}:</b></p><p>{text}</p>"


def _steps(count: int) -> str:
    return "<ul>" + "".join(f"<li>{_STEP.format(n=n + 2)}</li>" for n in range(count)) + "</ul>"


_ROLLOUT = "{phase} ({cloud}): We will begin rolling out {begin} 2027 and expect to complete by {end} 2027."
_ROLLOUTS = [
    _ROLLOUT.format(
        phase=phase,
        cloud=cloud,
        begin=f"{_DAYS[i % 3]} {_MONTHS[(i + j) % 9]}",
        end=f"{_DAYS[(i + 1) % 3]} {_MONTHS[(i + j + 1) % 9]}",
    )
    for i, phase in enumerate(("Public Preview", "Targeted Release", "General Availability"))
    for j, cloud in enumerate(_CLOUDS)
]
_TABLE = (
    "<table><tr><th>Plan</th><th>Before</th><th>After</th></tr>"
    + "".join(f"<tr><td>Plan {n}</td><td>Rules by hand</td><td>Rules by the new page</td></tr>" for n in range(40))
    + "</table>"
)

LONGEST = post(
    1,
    "(Updated) Exchange Online: Forwarding rules that were made by hand before the new rule page are read once more, "
    "and those that name a group which no longer exists stop working unless somebody renews them",
    _section("What changes", _PARAGRAPH * 40)
    + _section(
        "When this will happen", "We will begin rolling out in mid-October 2026 and complete by mid-December 2026."
    )
    + _section("How this will affect your organization", _PARAGRAPH * 20)
    + _section("What you need to do to prepare", "To prepare, admins should:")
    + _steps(25),
    services=[f"Service number {n} of the suite" for n in range(30)],
)
MOST_DATES = post(
    2,
    "Exchange Online: The old rule page is retired",
    _section("What changes", "The old rule page is retired.")
    + _section("When this will happen", "</p><p>".join(_ROLLOUTS))
    + _section("What you need to do to prepare", "Renew the rules before December 14, 2026."),
)
RIGHT_TO_LEFT = post(
    3,
    "Exchange Online: כללי ההעברה הישנים מפסיקים לעבוד · توقف قواعد التحويل القديمة",
    _section("What changes", "כללי העברה שנכתבו ביד מפסיקים לעבוד. قواعد التحويل المكتوبة يدويًا تتوقف عن العمل.")
    + _section("When this will happen", "We will begin rolling out in mid-October 2026.")
    + _section(
        "What you need to do to prepare", "יש לכתוב לבעלי הקבוצות לפני December 14, 2026. اكتب إلى أصحاب المجموعات."
    ),
    details=[{"name": "Summary", "value": "כללי ההעברה הישנים מפסיקים לעבוד. تتوقف قواعد التحويل القديمة عن العمل."}],
)
TABLES = post(
    4,
    "Exchange Online: Which plans get the new rule page",
    _section("What changes", f"Each plan gets the new rule page.</p>{_TABLE}<p>The table says how.")
    + _section("When this will happen", f"We will begin rolling out in mid-October 2026.</p>{_TABLE}<p>Rules stay."),
)
WORST = {"longest": LONGEST, "most-dates": MOST_DATES, "right-to-left": RIGHT_TO_LEFT, "tables": TABLES}
