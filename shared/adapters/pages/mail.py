"""The page on which somebody stops the mails of a channel, or takes them up again."""

from typing import Literal

from shared.adapters.pages.render import render


def mail_page(channel: str, address: str, state: Literal["gets", "stopped", "stranger"]) -> str:
    """`address`: that of who is signed in, empty where the sign-in names none."""
    return render("mail.html.j2", title=f"Mails of {channel}", channel=channel, address=address, state=state)
