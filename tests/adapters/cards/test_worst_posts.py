"""Every moment with the worst posts: valid, small enough as Teams counts, and looked at in a real browser.

`UPDATE_PICTURES=1` takes the pictures of docs/cards anew.
"""

import gzip
import json
import os
import re

import pytest
from markdown_it import MarkdownIt

from shared.adapters.cards.adaptive import quoted_size
from tests.adapters.cards.checks import MODULES, ROOT, SCHEMA, elements, parse_events, schema, texts
from tests.adapters.cards.moments import MOMENTS, card_at, rendered
from tests.adapters.cards.test_rendered import RENDER, THEMES
from tests.adapters.cards.worst import WORST
from tests.adapters.pages.browser import browser, screenshots

TEAMS_TAKES = 28 * 1024
REAL = ROOT.parent / "shared" / "data" / "messages_2026.jsonl.gz"
PICTURES = ROOT / "docs" / "cards"
SHOWN = (
    ("new", "longest"),
    ("moved", "most-dates"),
    ("act-2", "right-to-left"),
    ("decided", "tables"),
    ("overdue", "longest"),
    ("cancelled", "longest"),
    ("silent", "longest"),
    ("impact", "longest"),
)
"""Those that docs/cards.md shows."""
IN_DOCS = {
    ("light", 640): {"new", "moved", "decided", "silent", "impact"},
    ("dark", 360): {"act-2", "overdue", "cancelled"},
}


def real_worst():
    """The real posts that are the worst of their kind: the longest, with most tables, most dates, right to left."""
    if not REAL.exists():
        pytest.skip(f"needs {REAL}, which is not part of the project")
    with gzip.open(REAL, "rt", encoding="utf-8") as file:
        posts = [json.loads(line) for line in file]
    posts = [post.get("post", post) for post in posts]

    def content(post):
        return (post.get("body") or {}).get("content") or ""

    def most(count):
        return sorted(posts, key=count, reverse=True)[:3]

    right_to_left = [post for post in posts if any("\u0590" <= char <= "\u06ff" for char in content(post))]
    return [
        *most(lambda post: len(content(post))),
        *most(lambda post: content(post).count("<td")),
        *most(lambda post: content(post).count("202")),
        *most(lambda post: len(post.get("title") or "")),
        *right_to_left[:3],
    ]


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("name", WORST)
def test_the_worst_posts_fit_at_every_moment_and_are_valid(moment, name):
    card = rendered(moment, WORST[name])

    assert quoted_size(card) <= TEAMS_TAKES
    if SCHEMA.exists():
        plain = {key: value for key, value in card.items() if key != "msteams"}
        assert [error.message for error in schema().iter_errors(plain)] == []


def test_dates_that_moved_and_were_left_out_are_counted_once():
    said = texts(rendered("moved", WORST["most-dates"]))

    assert "… and 6 more" in said
    assert "When" not in said


def test_the_npm_renderer_parses_every_moment_of_the_worst_posts():
    cards = [rendered(moment, raw) for moment in MOMENTS for raw in WORST.values()]

    assert parse_events(cards) == [[] for _ in cards]


def test_the_worst_real_posts_fit_at_every_moment_and_are_valid():
    posts = real_worst()
    for raw in posts:
        for moment in MOMENTS:
            card = rendered(moment, raw)
            assert quoted_size(card) <= TEAMS_TAKES, (raw["id"], moment)
            plain = {key: value for key, value in card.items() if key != "msteams"}
            assert [error.message for error in schema().iter_errors(plain)] == [], (raw["id"], moment)


@pytest.mark.parametrize("name", WORST)
def test_the_samples_are_as_bad_as_they_say(name):
    card = card_at("new", WORST[name])
    sizes = {"longest": len(card.title) > 150, "most-dates": len(card.when) > 10, "right-to-left": "כ" in card.title}
    assert sizes.get(name, card.what != "")


@pytest.fixture(scope="module")
def chromium():
    with browser() as started:
        yield started


@pytest.mark.parametrize(("theme", "width"), [("light", 640), ("dark", 640), ("light", 360), ("dark", 360)])
def test_nothing_of_a_card_is_wider_than_its_frame_in_any_theme_and_width(chromium, theme, width):
    cards = {f"{moment}-{name}": rendered(moment, WORST[name]) for moment in MOMENTS for name in WORST}
    page = chromium.new_page(viewport={"width": width, "height": 900})
    markdown = MarkdownIt("js-default", {"html": False})
    texts = [element["text"] for element in elements(cards) if element.get("type") == "TextBlock"]
    shown = {text: markdown.render(re.sub(r"<at>(.*?)</at>", r"@\1", text)) for text in texts}
    style = f"<style>{THEMES['style']} body {{{THEMES[theme]['page']}}} article {{{THEMES[theme]['card']}}}</style>"
    page.set_content(style)
    page.add_script_tag(path=MODULES / "adaptivecards" / "dist" / "adaptivecards.min.js")

    page.evaluate(RENDER, [cards, THEMES[theme]["hostConfig"], shown])

    wide = page.evaluate("[...document.querySelectorAll('article')].map(node => node.scrollWidth > node.clientWidth)")
    assert [name for name, is_wide in zip(cards, wide, strict=True) if is_wide] == []
    in_docs = IN_DOCS.get((theme, width), set()) if os.environ.get("UPDATE_PICTURES") else set()
    frames = page.locator("article")
    for moment, name in SHOWN:
        at = list(cards).index(f"{moment}-{name}")
        where = PICTURES if moment in in_docs else screenshots()
        frames.nth(at).screenshot(path=where / f"{moment}-{name}-{theme}-{width}.png")
    page.close()
