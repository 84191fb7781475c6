"""The only HTTP client for everything that is not Graph: timeouts, Retry-After, status to failure, redaction."""

import asyncio
import logging
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from shared.adapters.clients import proxies
from shared.adapters.clients.answers import OF_THE_WAY, Answer, TooLargeError
from shared.adapters.clients.reach import ForbiddenAddressError, Reach
from shared.core.errors import PermanentError, TargetDownError, TransientError

TIMEOUT = 30.0
"""Seconds for a call and its whole answer. It is shorter than a claim on an effect, so no call outlives its claim."""
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
_BODY_SHOWN = 300
_LONGEST_WAIT = 86_400.0  # seconds; a Retry-After of years, or infinite, is a mistake
_RESETS = ("x-ratelimit-reset", "x-rate-limit-reset", "ratelimit-reset")
_SIGNATURE = re.compile(r"\bsig=[^\s&\"']*")
_TELLING = 16  # characters from which a part of an address may be its secret
_EPOCH = 1_000_000_000.0  # a reset over this is a moment, below it a delay


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds from a Retry-After header: a number (fractions too) or an HTTP date; None where it says nothing."""
    if not value:
        return None
    try:
        seconds = float(value)
        return min(max(0.0, seconds), _LONGEST_WAIT) if seconds == seconds else None  # noqa: PLR0124 - not a number
    except ValueError:
        pass
    try:
        return _until(parsedate_to_datetime(value), now)
    except ValueError:
        return None


def wait_of(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to wait as a refusal says: Retry-After, else the header in which the system says when a quota renews.

    `X-RateLimit-Reset` is seconds since 1970 at ServiceNow and Azure DevOps, an ISO time at Jira, and elsewhere a
    number of seconds.
    """
    seconds_asked = retry_after(headers.get("retry-after"), now)
    if seconds_asked is not None:
        return seconds_asked
    for name in _RESETS:
        value = headers.get(name, "")
        try:
            seconds = float(value)
        except ValueError:
            try:
                return _until(datetime.fromisoformat(value), now)
            except ValueError:
                continue
        if seconds > _EPOCH:
            seconds -= now.timestamp()
        return min(max(0.0, seconds), _LONGEST_WAIT) if seconds == seconds else None  # noqa: PLR0124 - as above
    return None


def _until(moment: datetime, now: datetime) -> float:
    try:
        aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:  # an offset can lead out of the calendar, at either end
        return _LONGEST_WAIT if moment.year > now.year else 0.0
    return min(max(0.0, (aware - now).total_seconds()), _LONGEST_WAIT)


def redact(url: str) -> str:
    """The address without its path and query: a webhook's URL is its secret."""
    return re.sub(r"^(https?://)(?:[^/?#@]*@)?([^/?#]+).*$", r"\1\2/…", url)


def hide_address(url: str, text: str) -> str:
    """The text without the address or any telling part of it, as a server may echo it, whole or cut."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return text.replace(url, "…")
    values = [value for _, value in parse_qsl(parts.query)] + parts.query.split("&") + parts.path.split("/")
    telling = {url, parts.query, parts.path, f"{parts.path}?{parts.query}", *(v for v in values if len(v) >= _TELLING)}
    for part in sorted(filter(lambda part: len(part) > 1, telling), key=len, reverse=True):
        text = text.replace(part, "…")
    return _SIGNATURE.sub("…", text)


def without(text: str, secrets: Iterable[str]) -> str:
    """The text, an ellipsis in place of each secret."""
    for secret in secrets:
        text = text.replace(secret, "…") if secret else text
    return text


class Http:
    """One client per process. Follows no redirect: an address that we call is the one that the admin named."""

    def __init__(
        self, client: httpx.AsyncClient | None = None, timeout: float = TIMEOUT, reach: Reach | None = None
    ) -> None:
        """`reach`: which addresses may be called; public ones alone where nothing is said."""
        # httpx logs whole addresses at INFO, and a webhook's address is its secret
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self._timeout = timeout
        self._reach = reach or Reach()
        self._client = client or proxies.client(timeout, self._reach)

    async def send(
        self,
        method: str,
        url: str,
        *,
        what: str,
        json: Any = None,
        content: bytes | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        expected: frozenset[int] = frozenset(),
        transient: frozenset[int] = frozenset(),
        hide: Iterable[str] = (),
        timeout: float | None = None,  # noqa: ASYNC109 - of the answer, which the client must know as well
    ) -> Answer:
        """One call; `what` names the system in errors ("channel messaging").

        `json`, `content` or `form` is the body; `auth` is user and password. `expected`: statuses that are returned as
        well; `transient`: those that pass besides those that always do, such as 409 where somebody else wrote. `hide`:
        secrets that the other side may repeat; they are taken out of errors. `timeout`: seconds, in place of ours.

        Raises TransientError for a network failure, a timeout, 408, 425, 429 and 5xx; PermanentError for the rest, and
        for an answer without end.
        """
        patience = self._timeout if timeout is None else timeout
        try:
            async with asyncio.timeout(patience):  # for all of it: a byte a second is no answer
                response = await self._whole(
                    method, url, json=json, content=content, data=form, headers=headers, params=params,
                    auth=auth or httpx.USE_CLIENT_DEFAULT, timeout=timeout or httpx.USE_CLIENT_DEFAULT,
                )  # fmt: skip
        except (TimeoutError, httpx.TimeoutException) as error:
            raise TransientError(f"{what}: no answer from {redact(url)} within {patience:g} s") from error
        except ForbiddenAddressError as error:
            raise TargetDownError(f"{what}: its address is not called", _remedy(error)) from error
        except TooLargeError as error:
            raise PermanentError(f"{what}: {redact(url)}: {error}; is it the right address?") from error
        except httpx.HTTPError as error:
            # httpx puts the address into some messages, and the address can be the secret
            raise TransientError(f"{what}: {redact(url)} is not to be reached ({type(error).__name__})") from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise PermanentError(f"{what}: its address is none; look at its settings in the policy") from error
        status = response.status_code
        if response.is_success or status in expected:
            return response
        reason = f"{what}: {redact(url)} answered {status}: {_answer_of(response, url, hide)}"
        if status in _TRANSIENT or status in transient or 520 <= status <= 527:
            raise TransientError(reason, wait_of(response.headers, datetime.now(UTC)))
        raise PermanentError(reason)

    async def may_call(self, url: str, what: str) -> None:
        """Raise what a call of this address would: TargetDownError where it must not be made."""
        try:
            parts = httpx.URL(url)
            await self._reach.resolve(parts.host, parts.port or 443)
        except ForbiddenAddressError as error:
            raise TargetDownError(f"{what}: its address is not called", _remedy(error)) from error
        except httpx.ConnectError as error:
            raise TransientError(f"{what}: {redact(url)} is not to be found in the DNS", 300) from error

    async def _whole(self, method: str, url: str, **how: Any) -> Answer:
        response = await self._client.request(method, url, **how)
        headers = [pair for pair in response.headers.multi_items() if pair[0].lower() not in OF_THE_WAY]
        return Answer(response.status_code, headers=headers, content=response.content, request=response.request)

    async def close(self) -> None:
        await self._client.aclose()


def _remedy(error: ForbiddenAddressError) -> str:
    return f"Look at the address: {error}."


def _answer_of(response: httpx.Response, url: str, hide: Iterable[str]) -> str:
    """The beginning of what the other side said; secrets are taken out before it is cut."""
    return without(hide_address(url, " ".join(response.text.split())), hide)[:_BODY_SHOWN]
