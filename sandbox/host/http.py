"""The host's HTTP side: HTTP functions under the route prefix, and `/_sandbox/` for those who steer it."""

from typing import Any

from aiohttp import web

from sandbox.host.control import Control
from sandbox.host.runner import Runner
from sandbox.host.triggers import HttpFunction
from sandbox.visitors import only_ours

_LARGEST = 100 * 1024 * 1024  # bytes of a request, as in Azure


def application(functions: list[HttpFunction], prefix: str, runner: Runner, control: Control) -> web.Application:
    """All routes; literal ones before those with parameters, as Azure matches them."""
    app = web.Application(client_max_size=_LARGEST, middlewares=[only_ours])
    app.add_routes(control.routes())
    routes = [(path, function) for function in functions for path in function.paths(prefix)]
    for path, function in sorted(routes, key=lambda route: _specificity(route[0])):
        for method in function.methods or ("*",):
            app.router.add_route(method, path, _handler(function, runner))
    return app


def _specificity(path: str) -> list[int]:
    """Sorts literal segments before parameters, and those before ones that take slashes."""
    return [2 if ":.*}" in part else 1 if "{" in part else 0 for part in path.split("/")]


def _handler(function: HttpFunction, runner: Runner) -> Any:
    async def handle(request: web.Request) -> web.Response:
        import azure.functions as func

        http_request = func.HttpRequest(
            method=request.method,
            url=str(request.url),
            headers=dict(request.headers),
            params=dict(request.query),
            route_params=dict(request.match_info),
            body=await request.read(),
        )
        try:
            return _response(await runner.call(function, http_request))
        except Exception:  # noqa: BLE001 - noted by the runner; Azure answers 500 as well
            return web.Response(status=500, text=f"function {function.name} failed; the host's log says why\n")

    return handle


def _response(answer: Any) -> web.Response:
    if answer is None:
        return web.Response(status=204)
    if isinstance(answer, str):
        return web.Response(text=answer)
    response = web.Response(status=answer.status_code, body=answer.get_body())
    for name, value in answer.headers.items():
        response.headers.add(name, value)
    if "Content-Type" not in answer.headers:
        charset = f"; charset={answer.charset}" if answer.mimetype.startswith("text/") else ""
        response.headers["Content-Type"] = answer.mimetype + charset
    return response
