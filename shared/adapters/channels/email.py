"""Mail through Microsoft Graph, from one mailbox to a list of addresses.

Sent as MIME, since Graph's JSON takes no header but those that begin with X-. 202 means that Exchange has it, not that
it arrived. Every mail stays in the mailbox's Sent Items.
learn.microsoft.com/graph/api/user-sendmail, learn.microsoft.com/graph/outlook-send-mime-message
"""

import logging
import re
from base64 import b64encode
from collections.abc import Sequence
from email import policy
from email.message import EmailMessage
from hashlib import sha256
from typing import Annotated
from urllib.parse import quote

from pydantic import AfterValidator, Field, field_validator

from shared.adapters.cards.email import Mail, mail_of
from shared.adapters.clients.answers import read_json
from shared.adapters.clients.credentials import GRAPH_HOSTS
from shared.adapters.clients.http import without
from shared.adapters.registry import AdapterDeps
from shared.core.cards.card import Card
from shared.core.errors import PermanentError, TargetDownError
from shared.core.links import mail_url
from shared.core.policy.mail import each_once, is_address
from shared.core.policy.parts import Some, Strict
from shared.core.terms import Cloud
from shared.record.unsubscribed import without_stopped

MOST_RECIPIENTS = 100
LARGEST = 2 * 1024 * 1024
"""Bytes of a mail. Graph takes requests of 4 MB, and base64 makes a third more of it; our mails have some 20 KB."""
_ACCEPTED = 202
_SHOWN = 300  # characters of an answer that an error repeats
_HERE = re.compile(r"http://(?P<host>localhost|127\.0\.0\.1)(:\d{1,5})?")
_LOG = logging.getLogger("foresignal.email")

_IDENTITY = (
    "Look that the mailbox is in the tenant of the app's own identity, and that `cloud` in the channel's settings is "
    "that tenant's. "
)
_ALLOW = (
    "Allow the app's identity to send from {sender}: the role Application Mail.Send in Exchange Online, for that "
    "mailbox (docs/deploying.md, “Mail”). A new role takes up to two hours. "
)
_MAILBOX = "Look at `from` in the channel's settings: {sender} must be a mailbox in Exchange Online. "
_READERS = "Look at `to` in the channel's settings: Exchange does not take one of the addresses. "
_ITSELF = "Nothing else is needed: what waits is sent when Graph takes it."
_HINTS = {
    400: "Graph does not take the mail",
    401: "Graph does not take our identity's token",
    403: "our identity may not send from {sender}",
    404: "there is no mailbox {sender}",
    413: "the mail is larger than Graph takes (4 MB)",
}
_REMEDIES = {401: _IDENTITY, 403: _ALLOW, 404: _MAILBOX}
_CODES = {
    "ErrorInvalidRecipients": ("an address of `to` is not valid", _READERS),
    "ErrorInvalidUser": ("there is no mailbox {sender}", _MAILBOX),
    "MailboxNotEnabledForRESTAPI": ("{sender} is no mailbox in Exchange Online", _MAILBOX),
}
"""What Graph says in its own words, whatever the status: hint and remedy."""


def _address(text: str) -> str:
    if not is_address(text):
        raise ValueError("is no address such as changes@example.com")
    return text


Address = Annotated[str, AfterValidator(_address)]


class Settings(Strict):
    """`from`: the mailbox that sends. `to`: whom the mails go to, one or several addresses.

    `cloud`: that of the mailbox's tenant, as for tenants. `graph_url`: in place of that cloud's Graph a server on this
    machine, for trials.
    """

    sender: Address = Field(alias="from")
    to: Some[Address]
    cloud: Cloud = "worldwide"
    graph_url: str = ""

    @field_validator("to")
    @classmethod
    def _some(cls, to: tuple[str, ...]) -> tuple[str, ...]:
        once = each_once(to)
        if len(once) > MOST_RECIPIENTS:
            raise ValueError(f"names {len(once)} addresses, of at most {MOST_RECIPIENTS}; write to a group instead")
        return once

    @field_validator("graph_url")
    @classmethod
    def _here(cls, url: str) -> str:
        if url and not _HERE.fullmatch(url):
            raise ValueError(
                "must be an address of this machine, such as http://localhost:8080; leave it out to send through Graph"
            )
        return url


class Email:
    """One mailbox that writes to a list of addresses; whoever has stopped the mails is left out."""

    def __init__(self, settings: Settings, deps: AdapterDeps) -> None:
        self._settings = settings
        self._deps = deps
        self._what = f"channel {deps.name}"
        self._host = GRAPH_HOSTS[settings.cloud]
        self._graph = settings.graph_url or f"https://{self._host}"

    async def post(self, card: Card) -> None:
        """Send one mail to all who want it; where nobody does, nothing is sent, and that is no failure."""
        readers = await without_stopped(self._deps.tables, self._deps.name, self._settings.to)
        if not readers:
            _LOG.info("%s: everybody has stopped its mails, so this one is not sent", self._what)
            return
        stop_url = mail_url(self._deps.name, self._deps.public_url)
        message = self._message(mail_of(card, self._deps.name, stop_url), readers, stop_url)
        if len(message) > LARGEST:
            raise PermanentError(f"{self._what}: the mail has {len(message):,} bytes, of at most {LARGEST:,}")
        await self._send(message)

    async def check(self) -> str:
        readers = await without_stopped(self._deps.tables, self._deps.name, self._settings.to)
        await self._deps.http.may_call(self._graph, self._what)
        return f"mails from {self._settings.sender} to {len(readers)} of {len(self._settings.to)} addresses"

    async def _send(self, message: bytes) -> None:
        token = await self._deps.token(f"https://{self._host}/.default", self._called)
        response = await self._deps.http.send(
            "POST",
            f"{self._graph}/v1.0/users/{quote(self._settings.sender, safe='@')}/sendMail",
            what=self._what,
            content=b64encode(message),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "text/plain"},
            expected=frozenset(_HINTS),
            hide=(token,),
        )
        if response.status_code != _ACCEPTED:
            raise self._refusal(response.status_code, without(" ".join(response.text.split()), (token,)))

    @property
    def _called(self) -> str:
        """The host that gets the token."""
        here = _HERE.fullmatch(self._settings.graph_url)
        return here["host"] if here else self._host

    def _refusal(self, status: int, answer: str) -> PermanentError:
        """What a refusal means: nothing can be sent from here, or not this mail."""
        hint = _HINTS.get(
            status, f"that is not how Graph takes a mail ({_ACCEPTED}); does a proxy answer in its place?"
        )
        remedy = _REMEDIES.get(status, "")
        hint, remedy = _CODES.get(_code_of(answer), (hint, remedy))
        sender = self._settings.sender
        reason = f"{self._what}: answered {status}: {hint.format(sender=sender)}: {answer[:_SHOWN]}"
        return TargetDownError(reason, remedy.format(sender=sender) + _ITSELF) if remedy else PermanentError(reason)

    def _message(self, mail: Mail, readers: Sequence[str], stop_url: str) -> bytes:
        """The mail as MIME."""
        message = EmailMessage(policy.SMTP)
        message["From"] = self._settings.sender
        message["To"] = ", ".join(readers)
        message["Subject"] = mail.subject
        message["Date"] = self._deps.clock()
        message.set_content(mail.text, cte="quoted-printable")
        message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
        return self._head(mail, stop_url).encode("ascii") + message.as_bytes()

    def _head(self, mail: Mail, stop_url: str) -> str:
        """Headers that stand on one line each, however long: the standard library would break or encode them.

        A card that is sent again has the id that it had, so that mail systems can drop the second. Every mail about a
        change refers to one that there never was, so that they make one conversation even where Exchange gives them
        ids of its own.
        """
        today = self._deps.clock().date().isoformat()
        thread = self._id(self._deps.deployment, mail.about)
        headers = {
            "Message-ID": self._id(self._deps.deployment, self._deps.name, mail.about, mail.occasion, today),
            **({"In-Reply-To": thread, "References": thread} if mail.about else {}),
            "List-Unsubscribe": f"<{quote(stop_url, safe=_OF_ADDRESSES)}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "DR, RN, NRN, OOF, AutoReply",
        }
        return "".join(f"{name}: {value}\r\n" for name, value in headers.items())

    def _id(self, *parts: str) -> str:
        return f"<{sha256('|'.join(parts).encode()).hexdigest()[:32]}@{self._settings.sender.rpartition('@')[2]}>"


_OF_ADDRESSES = ":/?#[]@!$&'()*+,;=%~"


def _code_of(answer: str) -> str:
    """Graph's own word for an error; empty where there is none."""
    try:
        return str(read_json(answer)["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return ""


def build(settings: Settings, deps: AdapterDeps) -> Email:
    return Email(settings, deps)
