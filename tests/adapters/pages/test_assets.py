"""What pages load from us is what the packages ship, and a browser may keep it under its address."""

import json
from pathlib import Path

import azure.functions as func
import pytest

from functions.pages.assets import assets
from shared import app
from shared.adapters.pages.assets import asset, asset_url

ROOT = Path(__file__).parents[3]
NPM = ROOT / "node_modules"
TAKEN = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "uPlot.iife.min.js": "uplot/dist/uPlot.iife.min.js",
    "uPlot.min.css": "uplot/dist/uPlot.min.css",
}


@pytest.fixture
def local(monkeypatch):
    monkeypatch.setenv("FORESIGNAL_DEPLOYMENT", "t")
    monkeypatch.setenv("FORESIGNAL_PUBLIC_URL", "http://127.0.0.1")
    monkeypatch.setenv("AzureWebJobsStorage", "UseDevelopmentStorage=true")
    monkeypatch.setenv("FORESIGNAL_LOCAL", "1")
    monkeypatch.delenv("WEBSITE_SITE_NAME", raising=False)
    monkeypatch.setattr(app, "_app", None)
    monkeypatch.setattr(app, "_around", None)


async def get(version, name):
    return await assets(
        func.HttpRequest("GET", "http://127.0.0.1/", route_params={"version": version, "name": name}, body=b"")
    )


@pytest.mark.parametrize(("name", "place"), TAKEN.items())
def test_files_of_others_are_the_packages_own_in_the_version_that_is_locked(name, place):
    found = asset(name)
    if not (NPM / place).is_file():
        pytest.skip("needs node_modules: run `npm ci`")

    assert found is not None
    assert found.data == (NPM / place).read_bytes()


def test_the_licences_name_the_versions_that_are_locked():
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    licences = (ROOT / "shared" / "adapters" / "pages" / "assets" / "LICENSES").read_text(encoding="utf-8")

    assert f"htmx {locked['node_modules/htmx.org']['version']}," in licences
    assert f"uPlot {locked['node_modules/uplot']['version']}," in licences


@pytest.mark.parametrize("name", ["", "LICENSES", "../render.py", "..\\render.py", "x.js", ".js", "work.js/", "a.txt"])
def test_what_is_no_file_of_pages_is_not_found(name):
    assert asset(name) is None


def test_a_page_that_asks_for_a_file_that_is_not_there_is_our_fault():
    with pytest.raises(KeyError):
        asset_url("gone.js")


async def test_a_file_may_be_kept_for_good_under_the_address_of_its_version_alone(local):
    found = asset("work.js")
    now, before = await get(found.version, "work.js"), await get("0" * 16, "work.js")

    assert now.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert before.headers["Cache-Control"] == "no-store"
    assert now.get_body() == before.get_body() == found.data
    assert now.mimetype == "text/javascript"
    assert (await get(found.version, "gone.js")).status_code == 404
