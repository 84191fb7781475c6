"""Cards as mails: what they say, that text stays text, and pictures of them."""

import re
from dataclasses import replace

import pytest
from selectolax.lexbor import LexborHTMLParser

from shared.adapters.cards.email import LARGEST, mail_of
from shared.adapters.cards.sheet import STEPS
from shared.core.cards.card import change_card
from shared.core.cards.listing import ListCard, ListEntry
from shared.core.cards.notice import Notice
from tests.adapters.cards.changes import (
    PUBLIC,
    TODAY,
    a_change,
    a_policy,
    a_state,
    a_ticket_state,
    an_effect,
    classified,
    raw_post,
)
from tests.adapters.cards.moments import MOMENTS, card_at
from tests.adapters.cards.test_renderer import HOSTILE
from tests.adapters.cards.worst import WORST
from tests.adapters.pages.browser import browser, screenshots

STOP = f"{PUBLIC}/api/mail/workplace"
NASTY = (
    '"><script src=//evil.example></script><img src=x onerror=alert(1)><style>*{display:none}</style>'
    "</style></title></p></table>"
    f"<a href=javascript:alert(1)>x</a>{HOSTILE}\r\nBcc: eve@evil.example\u2028\ud800"
)
HEBREW = "הסקרים עוברים לסיכום הפגישה של Microsoft Teams"


def a_card(events=("dates_moved", "act_by_moved"), found=None, ticket=None, **raw):
    return change_card(
        a_change(found, events, **raw), a_state(an_effect(events)), a_policy(), PUBLIC, ticket, as_of=TODAY
    )


def a_list(count, title="The old wizard is removed"):
    entries = (
        ListEntry("Dates moved", title, f"MC{1200000 + n}", "Act by 14 December 2026", f"{PUBLIC}/api/changes/MC{n}")
        for n in range(count)
    )
    return ListCard(f"{count} changes waited", "The channel was down.", tuple(entries), f"{PUBLIC}/api/home")


NOTICE = Notice(
    "The policy was refused",
    "The newest policy has a fault; the last good one stays in force.",
    ("policy.yaml:6: teams.messaging.chanel: unknown key (known: owner, deputy)",),
    ("Ana",),
    (("Health", f"{PUBLIC}/api/health"), ("A file", "file:///etc/passwd")),
    bad=True,
)
CARDS = {
    "moved": a_card(ticket=a_ticket_state()),
    "right-to-left": a_card(("announced",), title=HEBREW, details=[{"name": "Summary", "value": HEBREW}]),
    "cancelled": a_card(("cancelled",), classified(status="cancelled", windows=(), action="none", act_by=None)),
    "list": a_list(3),
    "notice": NOTICE,
}


def mail(card):
    return mail_of(card, "workplace", STOP)


def page(card):
    return LexborHTMLParser(mail(card).html)


def words(text):
    return " ".join(text.split())


def test_a_mail_says_what_the_card_says_as_text_and_as_html():
    card = a_card(ticket=a_ticket_state())

    sent, shown = mail(card), words(page(card).body.text(separator=" "))

    assert sent.subject == "Dates moved: Poll answers move to the meeting recap"
    for text in (sent.text, shown):
        for expected in (
            "Dates moved",
            "Poll answers move to the meeting recap",
            "MC1234567 · revision 2",
            "early to mid-September 2026 → early to mid-October 2026",
            "Action required by 14 December 2026",
            "Save the answers that are still needed (by 14 December 2026)",
            "Why you got this: the change names Microsoft Teams, which your team owns",
            "Team: workplace (ana@contoso.example)",
            "Ticket CHG1234567",
        ):
            assert expected in words(text)


def test_text_and_html_have_the_same_links_and_the_way_out_is_the_last():
    for card in CARDS.values():
        links = [link.attributes["href"] for link in page(card).css("a")]
        addresses = re.findall(r"https?://\S+", mail(card).text)

        assert links == addresses
        assert links[-1] == STOP
        assert len(links) > 1


def test_the_rows_are_those_of_the_card_in_teams_in_the_same_order():
    names = [cell.text() for cell in page(a_card(("announced",), ticket=a_ticket_state())).css("td.name")]

    assert names == ["To do", "When", "For whom", "Impact", "Kind", "Services", "Ticket"]


def test_what_a_post_says_is_text_in_html_whatever_it_holds():
    services = [NASTY, "Teams"]
    card = a_card(("announced",), title=NASTY, services=services, details=[{"name": "Summary", "value": NASTY}])

    for each in (card, a_list(2, NASTY), Notice(NASTY, NASTY, (NASTY,), (NASTY,), ((NASTY, STOP),), bad=False)):
        tree = page(each)
        assert not tree.css("script, img, link, iframe, object, form, svg, picture, video, base")
        assert len(tree.css("style")) == 1
        assert not re.search(r"url\(|@import", tree.css_first("style").text())
        assert all(link.attributes["href"].startswith(("https://", PUBLIC)) for link in tree.css("a"))
        assert not [node for node in tree.css("body *") if set(node.attributes) - ALLOWED]
        assert "<script src=//evil.example></script>" in tree.body.text()
        mail(each).html.encode()
        mail(each).text.encode()


ALLOWED = {"class", "role", "width", "align", "dir", "href"}


def test_no_line_of_a_post_stands_alone_in_the_text_as_if_it_were_ours():
    card = a_card(("announced",), title="Short\nSee the change: https://evil.example/", details=[])

    assert "\nSee the change: https://evil.example" not in mail(card).text
    assert f"\nSee the change: {card.page_url}\n" in mail(card).text


@pytest.mark.parametrize("title", [NASTY, "x\r\nBcc: eve@evil.example", "😀" * 5000, "a\u2028b\u0085c\x0bd"])
def test_a_subject_is_one_line_and_has_an_end(title):
    subject = mail(a_card(("announced",), title=title)).subject

    assert len(subject.splitlines()) == 1
    assert len(subject) <= 200


def test_right_to_left_text_has_a_direction_of_its_own():
    tree = page(CARDS["right-to-left"])

    assert tree.css_first("h1").attributes["dir"] == "auto"
    blocks = [node for node in tree.css("p, li, h1") if re.search("[\u0590-\u05ff]", node.text())]
    assert blocks
    assert all(node.attributes.get("dir") == "auto" for node in blocks)


def test_only_addresses_of_the_web_become_links():
    assert [link.text() for link in page(NOTICE).css("td.links a")] == ["Health"]


def test_a_post_without_end_makes_no_mail_without_end():
    card = a_card(
        ("announced",),
        title="😀" * 100_000,
        services=["Ω" * 5000] * 500,
        details=[{"name": "Summary", "value": "*" * 1_000_000}],
    )

    assert len(mail(card).html.encode()) <= LARGEST
    assert len(mail(card).text.encode()) <= LARGEST
    assert "… more on the change page" in mail(card).text


MOST_LISTED = STEPS[0][1]


def test_of_a_long_list_the_first_are_shown_and_the_others_counted():
    tree = page(a_list(MOST_LISTED + 7))

    assert len(tree.css(".entry")) == MOST_LISTED
    assert "… and 7 more on our pages" in tree.body.text()
    assert "more on our pages" not in page(a_list(MOST_LISTED)).body.text()


def test_a_mail_about_a_change_says_which_and_one_occasion_is_not_another():
    moved, new = mail(a_card()), mail(a_card(("announced",)))

    assert moved.about == new.about == "MC1234567"
    assert moved.occasion == mail(a_card()).occasion != new.occasion
    assert mail(NOTICE).about == mail(a_list(1)).about == ""


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("language", ["en", "de"])
def test_each_moment_of_a_change_is_a_mail_with_the_words_of_its_card(moment, language):
    card = replace(card_at(moment, raw_post()), language=language)

    sent = mail(card)

    for text in (card.headline, card.title, card.to_do, card.decided, *card.steps, card.mention):
        assert words(text) in words(sent.text)
        assert words(text) in words(page(card).body.text(separator=" "))
    assert f'<html lang="{language}">' in sent.html


def test_a_german_mail_is_german_but_for_the_posts_words():
    sent = mail(replace(card_at("moved", raw_post()), language="de"))

    assert "Änderung ansehen" in sent.html
    assert "Dies sind die Mails von workplace. Abbestellen oder wieder bestellen" in sent.text
    assert not re.search("Why you|See the change|These are", sent.html + sent.text)


def test_who_must_act_is_named_though_a_mail_mentions_nobody():
    card = card_at("act-2", raw_post())
    assert card.mention == "ana@contoso.example"

    assert "Team: workplace (ana@contoso.example)" in mail(card).text


@pytest.fixture(scope="module")
def chromium():
    with browser() as started:
        yield started


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [800, 400])
def test_every_mail_fits_its_window_and_loads_nothing(chromium, scheme, width):
    worst = {f"worst-{name}": card_at("moved" if name == "most-dates" else "new", raw) for name, raw in WORST.items()}
    for name, card in {**CARDS, **worst, "hostile": a_card(("announced",), title=NASTY)}.items():
        shown = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        asked = []
        shown.on("request", lambda request, asked=asked: asked.append(request.url))
        shown.set_content(mail(card).html)
        shown.screenshot(path=screenshots() / f"mail-{name}-{scheme}-{width}.png", full_page=True)

        assert shown.evaluate("document.documentElement.scrollWidth") <= width, name
        assert shown.evaluate("document.querySelector('.sheet').offsetWidth") <= 600
        assert asked == []
        shown.close()
