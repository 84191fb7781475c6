"""Whether something is an address that messages can go to: https, or this machine. Who may be called: clients/reach."""

from urllib.parse import urlsplit

from shared.adapters.clients.direct import is_here
from shared.core.errors import PermanentError


def checked(url: str, what: str) -> str:
    """The address; PermanentError for what is none, and for one that would send in the clear.

    This machine may be called without TLS: that is the sandbox, and in Azure it is not called at all.
    """
    try:
        parts = urlsplit(url)
        host, scheme = parts.hostname or "", parts.scheme
    except ValueError:
        host = scheme = ""
    if scheme not in {"https", "http"} or not host:
        raise PermanentError(f"{what}: the secret holds no address that begins with https://")
    if scheme != "https" and not is_here(host):
        raise PermanentError(f"{what}: the address must begin with https://: what is sent is not for everybody's eyes")
    return url
