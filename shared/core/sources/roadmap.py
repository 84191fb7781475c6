"""The Microsoft 365 roadmap: its items, which of them a post is about, and where the two disagree."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from shared.core.errors import PermanentError
from shared.core.posts.classification import Classification, Interval, Window
from shared.core.posts.post import Post
from shared.core.sources.snapshot import DoubtedError
from shared.core.terms import OVER
from shared.core.text.safe import text_of
from shared.core.times import FIRST_YEAR, LAST_YEAR
from shared.core.words import dates

_IN_TEXT = re.compile(r"roadmap\s+ids?\b[\s:#]*((?:\d{4,7}(?:\s*(?:,|;|and|&)\s*)?)+)", re.IGNORECASE)
_TAGS = re.compile(r"<[^<>]*>|&nbsp;|&#160;")
_ID = re.compile(r"\d{4,7}")
_MONTH = re.compile(r"([A-Z][a-z]{2})[a-z]* (?:CY)?(\d{4})")
_MONTHS = {date(2000, month, 1).strftime("%b"): month for month in range(1, 13)}
_FEW = 20


@dataclass(frozen=True, slots=True)
class RoadmapItem:
    """One feature of the roadmap. `status` as Microsoft writes it: In development, Rolling out, Launched, Cancelled.

    `ga`, `preview`: the first day of the month in which the rollout begins, None where none is said. `gone`: it stood
    there and does so no longer.
    """

    id: str
    title: str
    status: str
    products: tuple[str, ...] = ()
    clouds: tuple[str, ...] = ()
    ga: date | None = None
    preview: date | None = None
    modified: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class RoadmapView:
    """One roadmap id of a post: the item, where it is known, and in words what does not fit with the post."""

    id: str
    item: RoadmapItem | None
    contradictions: tuple[str, ...] = ()


def read_item(raw: object) -> RoadmapItem | None:
    """An item of the API's JSON; what is missing is empty, and None is what has no usable id."""
    if not isinstance(raw, Mapping) or not _ID.fullmatch(identity := str(raw.get("id"))):
        return None
    tags = raw.get("tagsContainer")
    tags = tags if isinstance(tags, Mapping) else {}
    return RoadmapItem(
        id=identity,
        title=text_of(raw.get("title")).strip(),
        status=text_of(raw.get("status")).strip(),
        products=_tag_names(tags.get("products")),
        clouds=_tag_names(tags.get("cloudInstances")),
        ga=month_of(raw.get("publicDisclosureAvailabilityDate")),
        preview=month_of(raw.get("publicPreviewDate")),
        modified=text_of(raw.get("modified")),
    )


def month_of(value: object) -> date | None:
    """The first day of "October CY2026"; None for anything else."""
    match = _MONTH.search(value) if isinstance(value, str) else None
    month = _MONTHS.get(match[1]) if match else None
    year = int(match[2]) if match else 0
    return date(year, month, 1) if month and FIRST_YEAR <= year <= LAST_YEAR else None


def read_items(answer: object) -> dict[str, RoadmapItem]:
    """Every item of the API's answer by its id; PermanentError where the answer is no list of items."""
    if not isinstance(answer, list):
        raise PermanentError("the roadmap answered something that is no list; look at `roadmap.url` in the policy")
    items = {item.id: item for item in map(read_item, answer) if item}
    if answer and not items:
        raise PermanentError("the roadmap's items have no ids any more; Microsoft has changed their form")
    return items


def renewed(
    before: Mapping[str, RoadmapItem], items: Mapping[str, RoadmapItem], *, believe: bool = False
) -> dict[str, RoadmapItem]:
    """What is known after this reading; items that vanished stay and are marked.

    Raises DoubtedError where more than half of at least 20 vanished: reported, not believed, unless `believe` says so.
    """
    there = {identity for identity, item in before.items() if not item.gone}
    lost = len(there - items.keys())
    if len(there) >= _FEW and 2 * lost > len(there) and not believe:
        raise DoubtedError(
            f"the roadmap holds {len(items)} items and lost {lost} of {len(there)}: reported, not believed"
        )
    return {identity: replace(item, gone=True) for identity, item in before.items() if identity not in items} | dict(
        items
    )


def roadmap_ids(post: Post) -> tuple[str, ...]:
    """The ids that a post names, in its details or its text, each once."""
    text = _TAGS.sub(" ", post.body)
    all_ids = [*post.detail("RoadmapIds"), *(match[1] for match in _IN_TEXT.finditer(text))]
    return tuple(dict.fromkeys(identity for part in all_ids for identity in _ID.findall(part)))


def join(
    ids: Iterable[str], classification: Classification, items: Mapping[str, RoadmapItem], today: date
) -> tuple[RoadmapView, ...]:
    """What the roadmap says of each id, held against what was read out of the post."""
    pairs = ((identity, items.get(identity)) for identity in ids)
    return tuple(
        RoadmapView(i, item, tuple(_against(item, classification, today)) if item else ()) for i, item in pairs
    )


def _against(item: RoadmapItem, classification: Classification, today: date) -> Iterable[str]:
    cancelled = item.status.casefold() in {"cancelled", "canceled"}
    if classification.status in OVER:
        if not cancelled and not item.gone and classification.status != "superseded":
            yield f"The post says that this will not come; the roadmap says “{item.status or 'no status'}”."
        return
    if cancelled:
        yield "The roadmap says that this is cancelled; the post does not."
        return
    windows = [window for window in classification.windows if window.phase == "ga" and (window.start or window.end)]
    if classification.status == "on_hold" or not windows:
        return
    spans = [span for window in windows if (span := _span(window))]
    begins = min(span.first for span in spans)
    if item.status.casefold() == "launched" and begins > today:
        yield f"The roadmap says that this is launched; by the post it begins {_in_post(windows)}."
    elif item.ga and not any(_months(span, item.ga) for span in spans):
        yield f"The roadmap says {item.ga:%B %Y}; the post says {_in_post(windows)}."


def _span(window: Window) -> Interval | None:
    days = [day for part in (window.start, window.end) if part for day in (part.first, part.last)]
    return Interval(min(days), max(days)) if days else None


def _months(span: Interval, month: date) -> bool:
    return span.first.replace(day=1) <= month <= span.last


def _in_post(windows: Iterable[Window]) -> str:
    return dates.listed(list(dict.fromkeys(dates.window(window) for window in windows)))


def _tag_names(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list) else []
    return tuple(text_of(item["tagName"]) for item in items if isinstance(item, Mapping) and item.get("tagName"))


def item_to_json(item: RoadmapItem) -> dict[str, Any]:
    """For storage; `item_from_json` reads it back."""
    return {
        "title": item.title, "status": item.status, "products": item.products, "clouds": item.clouds,
        "ga": item.ga.isoformat() if item.ga else "", "preview": item.preview.isoformat() if item.preview else "",
        "modified": item.modified, "gone": item.gone,
    }  # fmt: skip


def item_from_json(identity: str, data: Mapping[str, Any]) -> RoadmapItem:
    return RoadmapItem(
        id=identity,
        title=data["title"],
        status=data["status"],
        products=tuple(data["products"]),
        clouds=tuple(data["clouds"]),
        ga=date.fromisoformat(data["ga"]) if data["ga"] else None,
        preview=date.fromisoformat(data["preview"]) if data["preview"] else None,
        modified=data["modified"],
        gone=data["gone"],
    )
