"""Hostile posts, 10,000 of them, from the JSON to page, card and every ticket text: nothing uncaught, slow or alive.

A tenth of them here; `make fuzz` has all.
"""

import json
import time
import traceback
import tracemalloc
from collections import Counter
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from random import Random

import pytest

from shared.adapters import registry
from shared.adapters.cards.adaptive import quoted_size, render
from shared.adapters.pages.change import change_page
from shared.adapters.ticketing import markup
from shared.adapters.ticketing.filling import FOLDER
from shared.adapters.ticketing.settings import TicketSettings
from shared.core.backtest.replay import Replay
from shared.core.cards.card import change_card
from shared.core.changes.change import Effect, EffectState
from shared.core.decisions.decide import decide
from shared.core.errors import PermanentError, TransientError
from shared.core.sources.roadmap import join, roadmap_ids
from shared.core.tickets.content import wanted_ticket
from shared.record.changes import change_row, read_change
from tests.adapters.cards.changes import PUBLIC
from tests.adapters.cards.checks import TEAMS_TAKES
from tests.fakes import NOW
from tests.security.fuzzing import parts
from tests.security.hostile_posts import Posts
from tests.usecases.world import World, policy, post

EACH = 100
SECONDS = 2
MB = 1024 * 1024
LIMIT = 30_000
KINDS = ("", *sorted(path.stem for path in FOLDER.glob("*.j2") if path.stem in registry.kinds("tickets")))
"""Those with a template of their own, and all the others."""
MARKUPS = (markup.plain, markup.to_html, markup.markdown, markup.textile)
POLICY = policy()
SCRIPTS = frozenset(
    {"script", "iframe", "object", "embed", "base", "form", "svg", "math", "template", "input", "video"}
)
SCHEMES = ("http:", "https:", "mailto:", "/", "#", "?")


class Page(HTMLParser):
    """Looks for what a page may not hold."""

    def __init__(self):
        super().__init__()
        self.faults = []

    def handle_starttag(self, tag, attrs):
        if tag in SCRIPTS:
            self.faults.append(f"<{tag}>")
        for name, text in attrs:
            value = "".join((text or "").split()).casefold()
            if name.startswith("on") or (name in {"href", "src", "action"} and value and not value.startswith(SCHEMES)):
                self.faults.append(f"<{tag} {name}={text!r:.100}>")


def alive(html):
    """What in this HTML is alive: scripts, attributes of events, links that are none of the web's."""
    page = Page()
    page.feed(html)
    page.close()
    return page.faults


def own_page():
    """What stands on every page: our icons."""
    change, _ = Replay().take(post(), NOW)
    return change_page(change, as_of=NOW.date())


OWN = Counter(alive(own_page()))


def through(raw, again):
    """One post, and an edition after it, as the pipeline takes them; what is wrong with what comes out."""
    world = Replay()
    change, _ = world.take(raw, NOW)
    if again is not None:
        change, _ = world.take(again, datetime(2026, 9, 2, tzinfo=UTC))
    change = read_change(change_row(change))
    decision = decide(change, (), POLICY, NOW, ("contoso",))
    effects = {effect.kind: EffectState(effect) for effect in decision.effects}
    told = tuple(event.type for event in change.events)
    card = effects.get("card") or EffectState(Effect("card", "workplace", "workplace", change.current.id, (), told))
    ticket = effects.get("ticket") or EffectState(Effect("ticket", "crb", "workplace", change.current.id, (), told))
    roadmap = join(roadmap_ids(change.read()), change.classification, {}, date(2026, 9, 1))
    page = change_page(change, (), list(effects.values()), roadmap, as_of=NOW.date())
    yield from (Counter(alive(page)) - OWN).elements()
    yield from ["no page"] * (not page.rstrip().endswith("</html>"))
    page.encode()
    shown = render(change_card(change, card, POLICY, PUBLIC, as_of=NOW.date()))
    json.dumps(shown, ensure_ascii=False).encode()
    yield from ["a card too large"] * (quoted_size(shown) > TEAMS_TAKES)
    wanted = wanted_ticket(change, ticket, POLICY, "test", PUBLIC, ("contoso",), as_of=NOW.date())
    document = TicketSettings().description(wanted, KINDS[len(wanted.title) % len(KINDS)])
    for say in MARKUPS:
        text = say(document, LIMIT)
        text.encode()
        yield from [f"{say.__name__} too long"] * (len(text) > LIMIT)
        if say is markup.to_html:
            yield from alive(text)
    json.dumps(markup.adf(document, LIMIT), ensure_ascii=False).encode()


def fault_of(case, raw, again):
    """What goes wrong with this post: a line, empty for nothing."""
    began = time.process_time()
    wrong = []
    try:
        wrong = list(through(raw, again))
    except (PermanentError, TransientError):
        pass
    except Exception as error:  # noqa: BLE001 - it is told, with the others
        ours = [each for each in traceback.extract_tb(error.__traceback__) if "/shared/" in each.filename][-1:]
        place = "; ".join(f"{each.filename.split('/shared/')[-1]}:{each.lineno} {each.line}" for each in ours)
        wrong = [f"{type(error).__name__}: {str(error)[:150]} at {place}"]
    if (took := time.process_time() - began) > SECONDS:
        wrong.append(f"{took:.1f} s for {str(raw.get('body'))[:120]!r}")
    return f"case {case}: {'; '.join(wrong)}" if wrong else ""


def hostile(part, cases=EACH):
    """Pairs of a post and an edition after it, None where there is none."""
    posts = Posts(Random(f"posts {part}"))
    for number in range(cases):
        raw = posts.post(number)
        again = None
        if posts.random.random() < 0.15:
            again = {**raw, **posts.post(number), "id": raw.get("id"), "lastModifiedDateTime": "2026-09-01T12:00:00Z"}
        yield number, raw, again


@pytest.mark.parametrize("part", parts(10_000, EACH))
def test_a_hostile_post_becomes_a_page_a_card_and_a_ticket_that_are_harmless(part):
    faults = [fault for case in hostile(part) if (fault := fault_of(*case))]

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("part", parts(1_000, EACH))
async def test_hostile_posts_in_one_batch_pass_through_the_whole_pipeline(part):
    world = World()
    posts = [raw for _, raw, _ in hostile(f"batch {part}")]
    sent = json.loads(json.dumps([*posts[:40], post("MC1200001"), *posts[40:]]))

    await world.arrive(*sent)

    assert (await world.change("MC1200001")).events
    assert await world.mend()


def test_hostile_posts_take_little_memory():
    cases = list(hostile("memory", 20))
    for case in cases[:5]:
        fault_of(*case)
    tracemalloc.start()
    try:
        for case in cases:
            fault_of(*case)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 200 * MB, f"{peak / MB:.0f} MB"
