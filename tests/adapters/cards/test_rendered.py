"""Cards as Teams' own renderer shows them, in a real browser: hostile text is text, and pictures are kept."""

import json
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.adapters.cards.checks import MODULES, elements
from tests.adapters.cards.test_renderer import HOSTILE, variants
from tests.adapters.pages.browser import browser, screenshots

THEMES = json.loads(Path(__file__).with_name("themes.json").read_text("utf-8"))
RENDER = """([cards, config, shown]) => {
  AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
    result.outputHtml = shown[text]; result.didProcess = true;
  };
  const found = {};
  for (const [name, json] of Object.entries(cards)) {
    const card = new AdaptiveCards.AdaptiveCard();
    card.hostConfig = new AdaptiveCards.HostConfig(config);
    card.parse(json);
    const frame = document.createElement("article");
    frame.appendChild(card.render());
    document.body.appendChild(frame);
    const strange = frame.querySelectorAll("script, img, a, em, strong, b, h1, li, code").length;
    found[name] = {text: frame.innerText, strange};
  }
  return found;
}"""


@pytest.fixture(scope="module")
def chromium():
    with browser() as started:
        yield started


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_hostile_text_is_shown_as_text_in_both_themes(chromium, theme):
    cards, colours = variants(), THEMES[theme]["page"]
    markdown = MarkdownIt("js-default", {"html": False})
    shown = {e["text"]: markdown.render(e["text"]) for e in elements(cards) if e.get("type") == "TextBlock"}
    page = chromium.new_page(viewport={"width": 640, "height": 900})
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.set_content(f"<style>{THEMES['style']} body {{{colours}}} article {{{THEMES[theme]['card']}}}</style>")
    page.add_script_tag(path=MODULES / "adaptivecards" / "dist" / "adaptivecards.min.js")

    found = page.evaluate(RENDER, [cards, THEMES[theme]["hostConfig"], shown])
    page.screenshot(path=screenshots() / f"cards-{theme}.png", full_page=True)

    assert faults == []
    assert " ".join(HOSTILE.split()) in " ".join(found["hostile"]["text"].split())
    assert [name for name, card in found.items() if card["strange"]] == []
    page.close()
