"""Redmine itself, as its packages come: it runs here, and is what the adapter is tested against."""

import httpx


def test_it_serves_its_api_and_only_to_those_it_knows(redmine):
    name = redmine.project()

    ours = httpx.get(f"{redmine.url}/projects/{name}.json", headers={"X-Redmine-API-Key": redmine.key})

    assert ours.json()["project"]["identifier"] == name
    assert httpx.get(f"{redmine.url}/projects/{name}.json").status_code == 401
