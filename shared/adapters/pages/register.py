"""The pages of the built-in register."""

from types import SimpleNamespace

from shared.adapters.pages.board import move_values
from shared.adapters.pages.render import planned, render, viewer
from shared.core.life.board import RegisterView
from shared.core.links import post_url
from shared.core.review.roles import may_move
from shared.core.terms import Cloud
from shared.core.tickets.board import possible, seen_of
from shared.core.tickets.register import Entry
from shared.core.words.board import days_words


def register_page(view: RegisterView) -> str:
    """A page of the built-in register's tickets."""
    return render("register.html.j2", title="Change register", view=view, days_words=days_words)


def ticket_page(entry: Entry, cloud: Cloud = "worldwide", notice: tuple[str, str] | None = None) -> str:
    """`notice`: its tone and what it says, of a move that somebody has just made."""
    return render(
        "ticket.html.j2",
        title=f"{entry.number}: {entry.title}",
        entry=entry,
        history=[f"{at:%Y-%m-%d %H:%M}  {text}" for at, text in entry.history],
        post_url=post_url(entry.change_id, cloud),
        notice=notice,
        movable=may_move(viewer.get().roles),
        moves=possible(entry.state),
        seen=seen_of(entry),
        proposed=planned(SimpleNamespace(planned_start=entry.proposed_start, planned_end=entry.proposed_end)),
        **move_values(),
    )
