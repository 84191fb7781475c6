"""The package `openai` over our own HTTP client: its calls go where ours may go, and their answers end.

It has used httpx2 since its version 3, and takes any transport of it. This one hands each request to `Http`, which
looks at every address before it connects, follows no redirect, and bounds answers in time and size. httpx2 itself never
opens a connection, and is imported only when a question is asked: most deployments do not have it.
"""

from typing import TYPE_CHECKING

from shared.adapters.clients.http import Http

if TYPE_CHECKING:
    import httpx2

_EVERY = frozenset(range(100, 1000))
_SKIPPED = frozenset(("host", "content-length", "connection", "accept-encoding", "transfer-encoding"))
"""Headers of the way: our client writes its own."""


def guarded_client(http: Http, what: str, seconds: float) -> "httpx2.AsyncClient":
    """A client of httpx2 over ours. `what`: the name in errors. `seconds`: for one call and its whole answer.

    Its calls raise what `Http.send` does, except for statuses: each of them is an answer. ImportError without httpx2.
    """
    import httpx2

    class Guarded(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            answer = await http.send(
                request.method,
                str(request.url),
                what=what,
                content=await request.aread(),
                headers={name: value for name, value in request.headers.items() if name.lower() not in _SKIPPED},
                expected=_EVERY,
                timeout=seconds,
            )
            return httpx2.Response(
                answer.status_code,
                headers={**answer.headers, "content-type": "application/json"},  # whatever encoding it names
                content=answer.content,
                request=request,
            )

    return httpx2.AsyncClient(transport=Guarded(), follow_redirects=False, trust_env=False)
