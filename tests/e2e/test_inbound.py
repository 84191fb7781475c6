"""The door for ticket systems as they see it: HTTP, with the functions behind it over real storage."""

import base64
import json
import logging
from types import SimpleNamespace

import httpx
import pytest
import yaml

from sandbox.host import triggers
from sandbox.host.http import application
from sandbox.host.runner import Runner
from sandbox.microsoft365.serving import serve
from shared import app
from shared.core.errors import PermanentError
from shared.core.messages import Envelope
from shared.core.signing import signature
from shared.record.register import move_entry
from shared.usecases.pages import change
from tests.pump import _FUNCTIONS, Pump, StillClock, utc
from tests.usecases.world import batch, post

NOW = utc(2026, 9, 1, 9)
SECRET = "whsec_" + base64.b64encode(b"nobody guesses these 32 bytes ..").decode()
POLICY = {
    "tenants": {"contoso": {}},
    "teams": {"w": {"owner": "ana@contoso.example"}},
    "tickets": {
        "crb": {"kind": "register", "inbound": "CRB_INBOUND"},
        "untold": {"kind": "register", "inbound": "MISSING"},
    },
    "routes": {"team": "w", "routes": [{"match": {"crb": True}, "ticket": "crb"}]},
}


class Vault:
    async def get(self, name: str, host: str = "") -> str:
        if name == "CRB_INBOUND":
            return SECRET
        raise PermanentError(f"secret {name} is not in Key Vault")


@pytest.fixture
async def door(storage_of_its_own):
    """One ticket in the register, and a client of the functions' HTTP."""
    pump = Pump(storage_of_its_own, StillClock(NOW), secrets=Vault())
    await pump.prepare()
    await app.current().blobs.put("config", "policy.yaml", yaml.safe_dump(POLICY).encode())
    await app.current().queues.send("posts", Envelope(batch(post()).body, NOW))
    await pump.drain()
    found = [triggers._function(function) for function in _FUNCTIONS.values()]
    https = [function for function in found if isinstance(function, triggers.HttpFunction)]
    server, port = await serve(application(https, "", Runner(60.0), SimpleNamespace(routes=list)))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/api") as client:
        yield client
    await server.cleanup()
    await pump.close()


async def move(state: str) -> None:
    await move_entry(app.current().tables, "CHG1200001", state, "", NOW)


def signed(body: bytes, secret: str = SECRET, at: int = int(NOW.timestamp())) -> dict[str, str]:
    sign = signature(secret, "msg_1", str(at), body)
    return {"webhook-id": "msg_1", "webhook-timestamp": str(at), "webhook-signature": sign}


async def closed() -> bool:
    view = await change.change(app.current().deps, "MC1200001")
    return view.change.closed is not None


async def test_a_signed_call_closes_the_change_whose_ticket_the_board_closed(door):
    await move("closed")
    body = json.dumps({"number": "CHG1200001"}).encode()

    answer = await door.post("/tickets/crb", content=body, headers=signed(body))

    assert (answer.status_code, answer.text) == (202, "1 known, 1 moved, 0 unknown\n")
    assert answer.headers["cache-control"] == "no-store"
    assert await closed()


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status", "text"),
    [
        ("POST", "/tickets/crb", b'{"number": "CHG1"}', {"Authorization": f"Bearer {SECRET}"}, 202, "1 unknown"),
        ("POST", "/tickets/crb", b"hello", {"Authorization": f"Bearer {SECRET}"}, 400, "no JSON"),
        ("POST", "/tickets/crb", b'{"number": "CHG1200001"}', {"Authorization": "Bearer x"}, 401, "not authenticated"),
        ("POST", "/tickets/crb", b'{"number": "CHG1200001"}', {}, 401, "not authenticated"),
        ("POST", "/tickets/crb", b"hello", {}, 401, "not authenticated"),
        ("POST", "/tickets/crb", b"x" * (64 * 1024 + 1), {}, 413, "65536 bytes"),
        ("POST", "/tickets/other", b"{}", {"Authorization": f"Bearer {SECRET}"}, 401, "not authenticated"),
        ("POST", "/tickets/untold", b"{}", {"Authorization": f"Bearer {SECRET}"}, 503, "not now"),
        ("GET", "/tickets/crb", b"", {"Authorization": f"Bearer {SECRET}"}, 405, ""),
    ],
)
async def test_every_other_call_has_its_own_answer(door, caplog, method, path, body, headers, status, text):
    caplog.set_level(logging.INFO)
    await move("closed")

    answer = await door.request(method, path, content=body, headers=headers)

    assert answer.status_code == status
    assert text in answer.text
    assert SECRET not in answer.text + caplog.text
    assert "MISSING" not in answer.text, "strangers learn no name of a secret"
    assert ("MISSING" in caplog.text) is (status == 503)
    assert not await closed()


async def test_storage_that_is_gone_is_answered_with_a_wish_to_try_again(door, monkeypatch):
    async def gone():
        raise PermanentError("the policy is not to be read from 127.0.0.1")

    monkeypatch.setattr(app.current().policy, "current", gone)

    answer = await door.post("/tickets/crb", content=b"{}", headers={"Authorization": f"Bearer {SECRET}"})

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert "127.0.0.1" not in answer.text
