"""Makes `history.jsonl` out of the readable posts in `posts/`.

Run `python -m sandbox.samples.build` after changing one of them; `--check` only says whether the file is up to date.
"""

import argparse
import html
import json
import re
import sys
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
FIRST_LOOK = datetime(2026, 8, 24, 6, tzinfo=UTC)  # what was published before this is the first day's state

_CATEGORIES = {"plan": "planForChange", "inform": "stayInformed", "fix": "preventOrFixIssue"}
_MARKS = re.compile(r"`([^`]+)`|\*\*(.+?)\*\*|\[([^\]]+)\]\(([^)]+)\)")
_BULLET = re.compile(r"^( *)(-|\d+\.) (.*)$")

Source = dict[str, Any]


# Markup to HTML, as the different writing families do it ------------------------------------------------------------


def _inline(text: str) -> str:
    """`code`, **bold** and [links](https://...) as HTML; everything else escaped."""
    out, at = [], 0
    for match in _MARKS.finditer(text):
        out.append(html.escape(text[at : match.start()], quote=False))
        code, bold, label, address = match.groups()
        if code:
            out.append(f"<code>{html.escape(code, quote=False)}</code>")
        elif bold:
            out.append(f"<b>{_inline(bold)}</b>")
        else:
            out.append(f'<a href="{html.escape(address)}" target="_blank">{html.escape(label, quote=False)}</a>')
        at = match.end()
    out.append(html.escape(text[at:], quote=False))
    return "".join(out)


def _list(lines: list[str]) -> str:
    """Bullets ("- ") and numbers ("1. "), nested by two spaces."""
    out: list[str] = []
    open_tags: list[str] = []
    for line in lines:
        match = _BULLET.match(line)
        if not match:
            raise ValueError(f"not a list item: {line!r}")
        depth, tag = len(match[1]) // 2 + 1, "ul" if match[2] == "-" else "ol"
        while len(open_tags) > depth:
            out.append(f"</li></{open_tags.pop()}>")
        if len(open_tags) == depth:
            out.append("</li>")
        else:
            out.append(f"<{tag}>")
            open_tags.append(tag)
        out.append(f"<li>{_inline(match[3])}")
    while open_tags:
        out.append(f"</li></{open_tags.pop()}>")
    return "".join(out)


def _table(lines: list[str]) -> str:
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    cells = "\n".join("<tr>" + "".join(f"<td>{_inline(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<table border="1" cellpadding="6" cellspacing="0">\n<tbody>\n{cells}\n</tbody></table>'


def _heading(text: str, style: str) -> str:
    match style:
        case "brackets":
            return f"<p>[{_inline(text)}]\n</p>"
        case "bold":
            return f"<p><b>{_inline(text)}</b></p>\n"
        case "windows":
            return f"<div><b>{_inline(text)}</b>&nbsp;</div>"
        case _:
            return f"<b>{_inline(text)}</b><br>\n"


def _paragraph(text: str, style: str) -> str:
    match style:
        case "brackets":
            return f"<p>{_inline(text)}\n</p>"
        case "bold":
            return f"<p>{_inline(text)}</p>\n"
        case "windows":
            return f"<div>{_inline(text)}</div><div><br></div>"
        case _:
            return f"{_inline(text)}<br><br>\n"


def render(markup: str, style: str) -> str:
    """The body of a post. A block that begins with `<` is taken as it stands; style `text` leaves everything so."""
    if style == "text":
        return markup.strip()
    if not markup.strip():
        return ""
    out = []
    for block in re.split(r"\n\s*\n", markup.strip()):
        lines = block.split("\n")
        if block.startswith("<"):
            out.append(block)
        elif block.startswith("# "):
            out.append(_heading(block[2:], style))
        elif block.startswith("|"):
            out.append(_table(lines))
        elif _BULLET.match(lines[0]):
            out.append(_list(lines))
        else:
            out.append(_paragraph(" ".join(lines), style))
    return "".join(out).removesuffix("<br><br>\n")


# Graph's JSON -------------------------------------------------------------------------------------------------------


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _rings(rings: dict[str, dict[str, str]], stamp: str, *, backwards: bool) -> str:
    """`FeatureStatusJson`: a JSON text inside the JSON, whose order means nothing and changes at will."""
    by_roadmap_id = {}
    for roadmap_id, platforms in rings.items():
        rows = [
            {
                "RoadmapId": int(roadmap_id),
                "Platform": platform,
                "Status": status,
                "LastUpdateTime": stamp,
                "LatestRing": {"Launched": "StandardRelease", "Rolling out": "TargetedRelease"}.get(status),
            }
            for platform, status in platforms.items()
        ]
        by_roadmap_id[roadmap_id] = rows[::-1] if backwards else rows
    return json.dumps(by_roadmap_id, separators=(",", ":"))


def _details(post: Source) -> list[dict[str, str]]:
    pairs: list[tuple[str, str]] = []
    if "roadmap" in post:
        pairs.append(("RoadmapIds", post["roadmap"]))
    if "rings" in post:
        stamp = _moment(post["published"]).strftime("%Y-%m-%dT%H:%M:%S.1468102Z")
        pairs.append(("FeatureStatusJson", _rings(post["rings"], stamp, backwards=post.get("rings_backwards", False))))
    if "summary" in post:
        pairs.append(("Summary", " ".join(post["summary"].split())))
    if "platforms" in post:
        pairs.append(("Platforms", post["platforms"]))
    pairs += [(name, value) for name, value in post.get("details", [])]
    return [{"name": name, "value": value} for name, value in pairs]


def to_graph(post: Source, modified: datetime) -> dict[str, Any]:
    """One state of a post as Graph v1.0 sends a `serviceUpdateMessage`."""
    style = post.get("style", "brackets")
    body = render(post["body"], style)
    if banner := post.get("banner"):
        body = _paragraph(banner, style) + body
    if repeat := int(post.get("repeat", "0")):
        body *= repeat
    act_by = post.get("act_by")
    return {
        "startDateTime": _iso(_moment(post["published"])),
        "endDateTime": f"{post['ends']}T07:00:00Z",
        "lastModifiedDateTime": modified.strftime("%Y-%m-%dT%H:%M:%S.") + f"{int(post['id'][2:]) % 900 + 100}Z",
        "title": post["title"],
        "id": post["id"],
        "category": _CATEGORIES[post["category"]],
        "severity": post.get("severity", "normal"),
        "tags": post.get("tags", []),
        "isMajorChange": post.get("major") == "true",
        "actionRequiredByDateTime": f"{act_by}T07:00:00Z" if act_by else None,
        "services": post["services"],
        "hasAttachments": False,
        "viewPoint": None,
        "details": _details(post),
        "body": {"contentType": "text" if style == "text" else "html", "content": body},
    }


# The story ----------------------------------------------------------------------------------------------------------


def _observed(at: datetime, text: str | None) -> datetime:
    """When a collector that looks every quarter of an hour sees it."""
    if text:
        return _moment(text)
    quarter = timedelta(minutes=15)
    return max(FIRST_LOOK, datetime.fromtimestamp(-(-at.timestamp() // 900) * 900, UTC) + quarter)


def _edited(post: Source, edit: Source) -> Source:
    after = deepcopy(post)
    for old, new in edit.get("replace", []):
        if old not in after["body"]:
            raise ValueError(f"{post['id']}: nothing to replace: {old!r}")
        after["body"] = after["body"].replace(old, new)
    for name in ("title", "category", "tags", "major", "act_by", "ends", "services", "roadmap", "platforms", "summary"):
        if name in edit:
            after[name] = edit[name]
    if "body" in edit:
        after["body"] = edit["body"]
    if "backwards" in edit:
        after["rings_backwards"] = not after.get("rings_backwards", False)
    if "banner" in edit:
        day = _moment(edit["at"])
        after["banner"] = f"Updated {day:%B} {day.day}, {day.year}: {' '.join(edit['banner'].split())}"
    if "banner" in edit or edit.get("updated") == "true":
        if edit.get("prefix") != "false" and not after["title"].startswith("(Updated) "):
            after["title"] = f"(Updated) {after['title']}"
        after["tags"] = ["Updated message", *(tag for tag in after["tags"] if tag != "Updated message")]
    return after


def lines_of(post: Source) -> list[dict[str, Any]]:
    """Every line of one post: its states as the tenants saw them, and where it vanished from a feed."""
    modified = _moment(post["published"]) + timedelta(seconds=2)
    observed = _observed(modified, post.get("observed"))
    lines = [(observed, post.get("first", post["tenants"]), to_graph(post, modified))]
    out: list[dict[str, Any]] = []
    for edit in post.get("edits", []):
        at = _moment(edit["at"])
        observed = _observed(at, edit.get("observed"))
        tenants = edit.get("tenants", post["tenants"])
        if edit.get("gone") == "true":
            out.append({"observed": _iso(observed), "tenants": tenants, "gone": post["id"]})
            continue
        after = _edited(post, edit)
        modified = modified if edit.get("silent") == "true" else at
        if observed == FIRST_LOOK and "tenants" not in edit:
            lines.clear()  # nobody looked before; only the last state of those days was ever seen
        lines.append((observed, tenants, to_graph(after, modified)))
        post = post if edit.get("aside") == "true" else after
    out += [{"observed": _iso(moment), "tenants": tenants, "post": state} for moment, tenants, state in lines]
    return out


def sources() -> list[Source]:
    posts: list[Source] = []
    for path in sorted((HERE / "posts").glob("*.yaml")):
        # BaseLoader leaves every value a text: dates and numbers stay as they are written.
        posts += yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - safer than safe
    return posts


def build() -> str:
    lines = [line for post in sources() for line in lines_of(post)]
    lines.sort(key=lambda line: (line["observed"], line.get("gone") or line["post"]["id"]))
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when history.jsonl is out of date")
    options = parser.parse_args()
    target = HERE / "history.jsonl"
    text = build()
    if options.check:
        same = target.exists() and target.read_text(encoding="utf-8") == text
        sys.stdout.write(
            "history.jsonl is up to date\n" if same else "history.jsonl is out of date; run without --check\n"
        )
        return 0 if same else 1
    target.write_text(text, encoding="utf-8")
    sys.stdout.write(f"wrote {text.count(chr(10))} lines to {target}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
