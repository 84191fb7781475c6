"""The only HTTP client for everything that is not Graph: timeouts, Retry-After, status to failure, redaction."""

import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from shared.core.errors import PermanentError, TransientError

TIMEOUT = 30.0
"""Seconds for a whole call; claims on effects live longer than this (design rule 2)."""
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
_BODY_SHOWN = 300
_LONGEST_WAIT = 86_400.0  # seconds; a Retry-After of years, or infinite, is a mistake


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
        return max(0.0, (parsedate_to_datetime(value).astimezone(UTC) - now).total_seconds())
    except ValueError:
        return None


def redact(url: str) -> str:
    """The address without its path and query: a webhook's URL is its secret."""
    return re.sub(r"^(https?://[^/?#]+).*$", r"\1/…", url)


class Http:
    """One client per process. Follows no redirect: an address that we call is the one that the admin named."""

    def __init__(self, client: httpx.AsyncClient | None = None) -> None:
        # httpx logs whole addresses at INFO, and a webhook's address is its secret
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self._client = client or httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False)

    async def send(
        self,
        method: str,
        url: str,
        *,
        what: str,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        expected: frozenset[int] = frozenset(),
    ) -> httpx.Response:
        """One call; `what` names the system in errors ("channel messaging"), `expected` statuses are returned as well.

        Raises TransientError for a network failure, a timeout, 408, 425, 429 and 5xx; PermanentError for the rest.
        """
        try:
            response = await self._client.request(method, url, json=json, headers=headers, params=params)
        except httpx.TimeoutException as error:
            raise TransientError(f"{what}: no answer from {redact(url)} within {TIMEOUT:.0f} s") from error
        except httpx.HTTPError as error:
            # httpx puts the address into some messages, and the address can be the secret
            raise TransientError(f"{what}: {redact(url)} is not to be reached ({type(error).__name__})") from error
        if response.is_success or response.status_code in expected:
            return response
        said = response.text[:_BODY_SHOWN].replace(url, redact(url))
        reason = f"{what}: {redact(url)} answered {response.status_code}: {said}"
        if response.status_code in _TRANSIENT:
            raise TransientError(reason, retry_after(response.headers.get("retry-after"), datetime.now(UTC)))
        raise PermanentError(reason)

    async def close(self) -> None:
        await self._client.aclose()
