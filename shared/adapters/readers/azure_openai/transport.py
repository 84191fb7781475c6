"""The package `openai` over our own HTTP client: its calls go where ours may go, and their answers end.

It has used httpx2 since its version 3, and takes any transport of it. This one hands each request to `Http`, which
looks at every address before it connects, follows no redirect, and bounds answers in time and size. httpx2 itself never
opens a connection. Only reader.py imports this module, at its first question.
"""

import httpx2

from shared.adapters.clients.http import Http

_EVERY = frozenset(range(100, 600))
_SKIPPED = frozenset(("host", "content-length", "connection", "accept-encoding", "transfer-encoding"))
"""Headers of the way: our client writes its own."""


class GuardedTransport(httpx2.AsyncBaseTransport):
    """`what`: the name in errors. `seconds`: for one call and its whole answer.

    Raises what `Http.send` does, except for statuses: each of them is an answer.
    """

    def __init__(self, http: Http, what: str, seconds: float) -> None:
        self._http, self._what, self._seconds = http, what, seconds

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = await self._http.send(
            request.method,
            str(request.url),
            what=self._what,
            content=await request.aread(),
            headers={name: value for name, value in request.headers.items() if name.lower() not in _SKIPPED},
            expected=_EVERY,
            timeout=self._seconds,
        )
        return httpx2.Response(
            answer.status_code, headers=answer.headers.multi_items(), content=answer.content, request=request
        )
