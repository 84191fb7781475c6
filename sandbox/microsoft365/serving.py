"""Starts the sandbox's servers: on this machine only, on a given or a free port."""

import errno

from aiohttp import web

from sandbox.errors import SandboxError
from sandbox.visitors import only_ours

HOST = "127.0.0.1"


async def serve(app: web.Application, port: int = 0) -> tuple[web.AppRunner, int]:
    """Serve on 127.0.0.1; 0 takes a free port. `runner.cleanup()` stops it; SandboxError where the port is taken."""
    app.middlewares.insert(0, only_ours)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, HOST, port)
    try:
        await site.start()
    except OSError as error:
        await runner.cleanup()
        if error.errno == errno.EADDRINUSE:
            raise SandboxError(
                f"port {port} is taken by another program; stop that one or choose another port"
            ) from error
        raise SandboxError(f"cannot listen on {HOST}:{port}: {error.strerror or error}") from error
    return runner, int(runner.addresses[0][1])
