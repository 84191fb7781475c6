"""Who may speak to the sandbox's servers: programs and pages of this machine, under this machine's own name.

A page somewhere on the web must not steer them through the browser of whoever runs them. So a request that names
another host is refused (its name was made to lead here), and so is one that changes something from another origin.
Programs send no origin.
"""

import re
from collections.abc import Awaitable, Callable

from aiohttp import web

_OURS = frozenset(("127.0.0.1", "localhost"))
_HOST = re.compile(r"([A-Za-z0-9.-]+)(:[0-9]{1,5})?", re.ASCII)
_ONLY_READ = frozenset(("GET", "HEAD", "OPTIONS"))


@web.middleware
async def only_ours(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Put before every handler of a server of the sandbox."""
    if why := refusal(request.method, request.headers.getall("Host", []), request.headers.getall("Origin", [])):
        return web.Response(status=403, text=why + "\n")
    return await handler(request)


def refusal(method: str, hosts: list[str], origins: list[str]) -> str:
    """Why a request is refused; empty for one of ours."""
    if len(hosts) != 1 or _name(hosts[0]) not in _OURS:
        return "the sandbox answers only to 127.0.0.1 and localhost"
    if method not in _ONLY_READ and any(origin != f"http://{hosts[0]}" for origin in origins):
        return "only a page of the sandbox itself may change something here"
    return ""


def _name(host: str) -> str:
    """A host header without its port; empty for what is none."""
    match = _HOST.fullmatch(host)
    return match[1].lower() if match else ""
