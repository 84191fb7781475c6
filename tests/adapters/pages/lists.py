"""Home and the page of changes, over the lines of a fictitious organisation."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import parse_qsl

from shared.adapters.pages.changes import changes_page
from shared.adapters.pages.home import home_page
from shared.core.life.behind import HOME, HomeFigures, home_figures
from shared.core.life.line import Line
from shared.core.life.listed import ListedChange, listed
from shared.core.life.selected import PAGE, selected
from shared.core.life.selection import read_selection
from shared.core.life.shown import shown_of
from shared.usecases.pages.changes import ChangesView, Options
from tests.fakes import NOW, a_policy
from tests.lines import TEAMS, WORKLOADS, a_line, some_lines

LINES = some_lines()
POLICY = a_policy()


def shown(query: str = "", lines: Sequence[Line] = LINES, *, complete: bool = True) -> ChangesView:
    """The page of changes at that address."""
    selection, faults = read_selection(dict(parse_qsl(query, keep_blank_values=True)), NOW.date())
    chosen = selected(shown_of(lines, NOW.date()), selection, POLICY, NOW)
    first = (selection.page - 1) * PAGE
    rows = tuple(listed(chosen[first : first + PAGE], POLICY, NOW))
    options = Options(TEAMS, WORKLOADS, ("contoso", "fabrikam"))
    pages = max(1, -(-len(chosen) // PAGE))
    return ChangesView(
        selection, rows, len(chosen), len(lines), pages, options, faults, NOW.date(), complete=complete
    )  # fmt: skip


def pages() -> dict[str, str]:
    return {
        "home": home_page(home_figures(shown_of(LINES, NOW.date()), POLICY, NOW), _first("due"), _first("quiet")),
        "home-empty": home_page(HomeFigures(), complete=False),
        "changes": changes_page(shown()),
        "changes-chosen": changes_page(shown("q=wizard&state=open&unsure=yes&seen=2025..&sort=age")),
        "changes-none": changes_page(shown("q=quetzal&team=messaging")),
        "changes-odd": changes_page(shown("colour=red&state=broken&page=2")),
        "changes-empty": changes_page(shown(lines=[], complete=False)),
        "changes-long": changes_page(shown(lines=[a_long_line()])),
    }


def a_long_line() -> Line:
    """A title without a blank, as long as a line holds it."""
    line = a_line(3)
    parts = [
        replace(part, values=tuple("w" * 499 + "…" if value == line.title else value for value in part.values))
        for part in line.parts
    ]
    return Line(line.id, tuple(parts))


def _first(name: str) -> list[ListedChange]:
    return listed(selected(shown_of(LINES, NOW.date()), HOME[name], POLICY, NOW)[:6], POLICY, NOW)
