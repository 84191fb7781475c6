"""The page on which people make and revoke calendar feeds."""

from collections.abc import Mapping

from shared.adapters.pages.render import render
from shared.core.life.feed import FeedsView


def feeds_page(
    view: FeedsView,
    who: str,
    asked: Mapping[str, str],
    notice: tuple[str, str] | None = None,
    address: str = "",
) -> str:
    """`who`: the viewer's id; `asked`: the filter that is proposed; `address`: of a feed that was just made."""
    return render(
        "feeds.html.j2", title="Calendar feeds", view=view, who=who, asked=asked, notice=notice, address=address
    )
