"""The public roadmap, as its API answers: one list of items, to whoever asks."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from aiohttp import web

PATH = "/releasecommunications/api/v1/m365"
SAMPLE = Path(__file__).parents[1] / "samples" / "roadmap.json"


def roadmap_app(items: Iterable[Mapping[str, Any]] | None = None) -> web.Application:
    """Serves these items, in the short form of samples/roadmap.json; without any, the samples."""
    listed = json.loads(SAMPLE.read_text(encoding="utf-8")) if items is None else list(items)
    served = [as_answered(item) for item in listed]

    async def answer(_: web.Request) -> web.Response:
        return web.json_response(served)

    app = web.Application()
    app.router.add_get(PATH, answer)
    return app


def as_answered(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item in the API's form."""
    tags = {
        "products": [{"tagName": name} for name in item["products"]],
        "cloudInstances": [{"tagName": name} for name in item["clouds"]],
        "releasePhase": [{"tagName": "General Availability"}],
        "platforms": [{"tagName": "Web"}],
    }
    return {
        "id": item["id"],
        "title": item["title"],
        "description": "",
        "moreInfoLink": None,
        "publicDisclosureAvailabilityDate": item["month"],
        "publicPreviewDate": item["preview"],
        "created": item["modified"],
        "publicRoadmapStatus": "Include this month",
        "status": item["status"],
        "modified": item["modified"],
        "locale": None,
        "tags": [tag for names in tags.values() for tag in names],
        "tagsContainer": tags,
    }
