"""The pages as people use them: the functions' HTTP over real storage, and browsers, each a person of its own."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from playwright.async_api import Browser, BrowserContext, Error, Page, async_playwright

from sandbox.host import triggers
from sandbox.host.http import application
from sandbox.host.runner import Runner
from sandbox.microsoft365.serving import serve
from shared import app
from shared.core.messages import Envelope
from tests.adapters.pages.browser import executable
from tests.pump import _FUNCTIONS, Pump, StillClock, utc
from tests.security.test_01_closed_pages import OID, ROLE, principal
from tests.usecases.world import batch, post

NOW = utc(2026, 9, 1, 9)
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
POLICY: Mapping[str, Any] = {
    "tenants": {"contoso": {}},
    "teams": {
        "messaging": {"owner": "ben@contoso.example", "channel": "messaging"},
        "workplace": {"owner": "ana@contoso.example", "channel": "workplace"},
        "devices": {"owner": "dora@contoso.example", "channel": "workplace"},
    },
    "workloads": {
        "exchange": {"services": ["Exchange Online"], "team": "messaging"},
        "intune": {"services": ["Microsoft Intune"], "team": "devices"},
    },
    "channels": {
        "messaging": {"kind": "teams_workflow", "settings": {"url": "TEAMS_URL"}},
        "workplace": {"kind": "teams_workflow", "settings": {"url": "TEAMS_URL"}},
    },
    "tickets": {"crb": {"kind": "register"}},
    "routes": {"team": "workplace", "routes": [{"match": {"crb": True}, "ticket": "crb"}]},
}


def who(letter: str, name: str, *roles: str) -> str:
    """The principal of somebody; `letter` is the last of their object id."""
    claims = [(OID, f"00000000-0000-0000-0000-00000000000{letter}"), ("name", name)]
    return principal(*claims, *((ROLE, role) for role in roles))


ANA = who("a", "Ana", "reviewer", "board")
BEN = who("b", "Ben", "reviewer")
CY = who("c", "Cy", "reader")
ADA = who("d", "Ada", "admin", "board", "privacy")


class Site:
    """A deployment on this machine. `base`: where its pages are."""

    def __init__(self, base: str, pump: Pump, clock: StillClock, browser: Browser) -> None:
        self.base, self.pump, self.clock, self._browser = base, pump, clock, browser
        self._contexts: list[BrowserContext] = []

    async def arrive(self, *posts: Mapping[str, Any]) -> None:
        """Posts come from Microsoft, and all that follows is done."""
        await app.current().queues.send("posts", Envelope(batch(*posts).body, self.clock()))
        await self.pump.drain()

    async def open(self, path: str, principal: str = ANA, **options: Any) -> Page:
        """A browser of its own, in which somebody is signed in; errors of its console are kept in `page.faults`."""
        context = await self._browser.new_context(
            extra_http_headers={"x-ms-client-principal": principal}, viewport={"width": 1280, "height": 900}, **options
        )
        self._contexts.append(context)
        page = await context.new_page()
        faults: list[str] = []
        page.faults = faults  # type: ignore[attr-defined]  # ours, for tests
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.goto(f"{self.base}{path}")
        return page

    async def close(self) -> None:
        for context in self._contexts:
            await context.close()


@asynccontextmanager
async def site(connection: str, policy: Mapping[str, Any] = POLICY) -> AsyncIterator[Site]:
    """Storage, the functions' HTTP, and a browser. Skips where there is no browser; in CI that fails."""
    clock = StillClock(NOW)
    pump = Pump(connection, clock, sign_in=True)
    await pump.prepare()
    await app.current().blobs.put("config", "policy.yaml", yaml.safe_dump(dict(policy)).encode())
    found = [triggers._function(function) for function in _FUNCTIONS.values()]
    https = [function for function in found if isinstance(function, triggers.HttpFunction)]
    server, port = await serve(application(https, "", Runner(60.0), SimpleNamespace(routes=list)))
    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        except Error as error:
            import os

            reason = f"no browser: set CHROMIUM to one, or run `playwright install chromium` ({error.message[:200]})"
            if os.environ.get("CI"):
                pytest.fail(reason)
            pytest.skip(reason)
        opened = Site(f"http://127.0.0.1:{port}", pump, clock, browser)
        try:
            yield opened
        finally:
            await opened.close()
            await browser.close()
            await server.cleanup()
            await pump.close()


def posts(count: int, **over: Any) -> list[dict[str, Any]]:
    """So many posts that are for the board, each about something else."""
    return [
        post(f"MC{1200001 + number}", title=f"The {number + 1}. viewer will be retired", **over)
        for number in range(count)
    ]


async def violations(page: Page, *, without: Sequence[str] = ()) -> list[str]:
    """What axe finds on the page as it is, a line for each rule and place."""
    if not AXE.is_file():
        pytest.skip("needs node_modules: run `npm ci`")
    # the page's own policy lets no script of others run, and that is what it is for: axe comes past it
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate("async () => (await axe.run()).violations")
    return [
        f"{rule['id']}: {node['html'][:120]}" for rule in found if rule["id"] not in without for node in rule["nodes"]
    ]
