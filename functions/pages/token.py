"""The token of a form: what stands in its hidden field must stand in a cookie of the same browser, too.

No page elsewhere can read or set the cookie, so none can send a form that counts
(docs/decisions/0026-the-pages-where-people-work.md). No key is needed, and nothing is stored.
"""

import re
import secrets
from collections.abc import Mapping
from hmac import compare_digest
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.settings import Settings

FIELD = "csrf"
_TOKEN = re.compile(r"[0-9a-f]{32}")
_LARGEST = 16 * 1024  # characters of a Cookie header


def new_token() -> str:
    return secrets.token_hex(16)


def token_of(settings: "Settings", headers: Mapping[str, str]) -> str:
    """The token in the cookie of a request; empty where there is none."""
    value = cookie_of(headers, _name(settings))
    return value if _TOKEN.fullmatch(value) else ""


def cookie_of(headers: Mapping[str, str], name: str) -> str:
    """The value of a cookie; empty where there is none, or what was sent is no cookie."""
    sent = headers.get("cookie", "")
    if not sent or len(sent) > _LARGEST:
        return ""
    for pair in sent.split(";"):  # one by one, because another app's cookie may be odd
        try:
            found = SimpleCookie(pair.strip()).get(name)
        except CookieError:
            continue
        if found is not None:
            return found.value
    return ""


def cookie(settings: "Settings", token: str) -> str:
    """The header `Set-Cookie` for a token; it lasts as long as the browser is open."""
    secure = "; Secure" if _is_secure(settings) else ""
    return f"{_name(settings)}={token}; Path=/; HttpOnly; SameSite=Lax{secure}"


def is_right(settings: "Settings", headers: Mapping[str, str], fields: Mapping[str, str]) -> bool:
    """Whether a form has the token of the browser that sends it."""
    token = token_of(settings, headers)
    return bool(token) and compare_digest(token, fields.get(FIELD, "").encode("ascii", "replace").decode())


def _name(settings: "Settings") -> str:
    """Under `__Host-` no other site of the same domain can set it."""
    return "__Host-form" if _is_secure(settings) else "form"


def _is_secure(settings: "Settings") -> bool:
    return settings.public_url.startswith("https:")
