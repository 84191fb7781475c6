"""A headless browser for tests: found on the machine, or the test is skipped with the reason (in CI: fails)."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, sync_playwright

PLACES = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "google-chrome", "google-chrome-stable", "chromium")


def executable() -> str | None:
    """The machine's Chromium: `CHROMIUM`, then the usual places; None leaves it to playwright's own."""
    for place in filter(None, (os.environ.get("CHROMIUM"), *PLACES)):
        found = shutil.which(place)
        if found:
            return found
    return None


@contextmanager
def browser() -> Iterator[Browser]:
    """A started browser. Skips the test where there is none, and fails it where `CI` is set."""
    with sync_playwright() as playwright:
        try:
            # no-sandbox: containers run tests as root, and only pages of our own are opened
            started = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        except Error as error:
            reason = f"no browser: set CHROMIUM to one, or run `playwright install chromium` ({error.message[:200]})"
            if os.environ.get("CI"):
                pytest.fail(reason)
            pytest.skip(reason)
        try:
            yield started
        finally:
            started.close()


def screenshots() -> Path:
    """Where pictures of pages are kept: `SCREENSHOTS`, else build/screenshots beside the code."""
    place = Path(os.environ.get("SCREENSHOTS") or Path(__file__).parents[3] / "build" / "screenshots")
    place.mkdir(parents=True, exist_ok=True)
    return place
