"""Scripts and style sheets that pages load from us: htmx, uPlot, and our own. No page loads one from elsewhere."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files

_TYPES = {"js": "text/javascript", "css": "text/css"}
_FOLDER = files("shared.adapters.pages") / "assets"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file. `version`: of its bytes, so that a browser may keep it for good under its address."""

    name: str
    version: str
    media_type: str
    data: bytes

    @property
    def url(self) -> str:
        return f"/api/assets/{self.version}/{self.name}"


@lru_cache(maxsize=16)
def asset(name: str) -> Asset | None:
    """The file of that name; None where there is none."""
    stem, _, ending = name.rpartition(".")
    media_type = _TYPES.get(ending)
    if media_type is None or not stem or "/" in name or "\\" in name:
        return None
    try:
        data = (_FOLDER / name).read_bytes()
    except OSError:
        return None
    return Asset(name, sha256(data).hexdigest()[:16], media_type, data)


def asset_url(name: str) -> str:
    """Where a page finds the file; KeyError where there is none."""
    found = asset(name)
    if found is None:
        raise KeyError(name)
    return found.url
