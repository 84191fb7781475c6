"""HTTP for ticket systems: they say that a ticket has moved, so that we need not wait for the next look."""

import azure.functions as func

bp = func.Blueprint()
_NOT_NOW = "not now; the log says why"
_STATUS = {"too large": 413, "refused": 401, "unreadable": 400, "heard": 202}


def _say(text: str, status: int, **headers: str) -> func.HttpResponse:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **headers}
    return func.HttpResponse(text + "\n", status_code=status, mimetype="text/plain", charset="utf-8", headers=headers)


@bp.route(route="api/tickets/{system}", methods=["POST"])
async def hear_tickets(req: func.HttpRequest) -> func.HttpResponse:
    """Stands outside of sign-in: who may call is decided by the secret that the policy names."""
    import logging

    from shared.app import current
    from shared.core.errors import PermanentError, TransientError
    from shared.usecases.tickets.hear import hear

    system = req.route_params["system"]
    try:
        app = current()
        if (await app.deps.here.policy.current()).asleep:
            return _say(_NOT_NOW, 503, **{"Retry-After": "300"})
        heard = await hear(app.deps, app.secrets, system, dict(req.headers), req.get_body())
    except (PermanentError, TransientError) as error:
        # Its words are for the log: who calls may be a stranger. The sender may try again; the timer asks in any case.
        logging.getLogger("foresignal.inbound").error("a call for %.100r failed: %s", system, error)  # noqa: TRY400 - the reason is enough
        return _say(_NOT_NOW, 503, **{"Retry-After": "60"})
    except Exception:
        logging.getLogger("foresignal.inbound").exception("a call for %.100r: a fault of Foresignal's own", system)
        return _say(_NOT_NOW, 503, **{"Retry-After": "60"})
    return _say(heard.text, _STATUS[heard.outcome])
