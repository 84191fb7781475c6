"""What pages say, and that data cannot break them."""

import hashlib
import re
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from shared.adapters.pages import change as pages
from shared.adapters.pages.assets import asset as asset_of
from shared.adapters.pages.explain import fields
from shared.adapters.pages.home import message_page
from shared.adapters.pages.register import ticket_page
from shared.adapters.pages.render import days, security_headers
from shared.adapters.pages.safe_html import safe_html
from shared.core.changes.change import Change, Event
from shared.core.changes.relations import Related
from shared.core.posts.classification import Why
from tests.adapters.cards.changes import SECOND, TODAY, a_change, at, classified
from tests.adapters.pages import samples
from tests.adapters.pages.samples import copies, effects, everything

BITING = (
    '<script>alert(1)</script><img src="http://e.example/x.png"><img src="https://e.example/y.png" onerror="alert(2)">'
    '<img src="data:image/png;base64,AA"><a href="javascript:alert(3)">a</a><a href="https://e.example" target=x>b</a>'
    '<p style="position:fixed" onclick="alert(4)" class="skip" id="main">c</p><iframe src="https://e.example">d</iframe>'
    '<form action="//e.example"><input name="e"><button>f</button></form><svg onload="alert(5)"/><style>*{}</style>'
    '<table background="https://e.example/z.png"><tr><td colspan="2">g</td></tr></table></main></body></html>'
    '<base href="https://e.example"><meta http-equiv="refresh" content="0">{{7*7}} {% raw %} שלום'
)


ASSETS = Path(pages.__file__).parent / "assets"


def read(html):
    return LexborHTMLParser(html)


def test_scripts_and_sheets_come_from_us_and_none_stands_in_a_page():
    policy = security_headers()["Content-Security-Policy"]

    assert "script-src 'self'; connect-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(("name", "html"), everything().items())
def test_every_page_is_a_whole_page_without_script_of_others_or_outside_resources(name, html):
    tree = read(html)

    assert html.startswith("<!doctype html>")
    assert tree.css_first("html").attributes["lang"] == "en"
    assert len(tree.css("h1")) == 1
    assert tree.css_first("title").text().endswith("· Foresignal")
    loaded = [node.attributes.get("src") for node in tree.css("script")]
    loaded += [node.attributes.get("href") for node in tree.css("link[rel=stylesheet]")]
    assert set(loaded) <= {asset.url for path in ASSETS.iterdir() if (asset := asset_of(path.name))}
    assert "".join(node.text() for node in tree.css("script")) == ""
    assert tree.css("iframe, object, [style], [onclick], [hx-on]") == []
    assert all(form.css_first("input[name=csrf]") for form in tree.css("form[method=post]"))
    assert [node.attributes.get("href") for node in tree.css("a") if not node.attributes.get("href")] == []
    assert all(table.css_first("caption") for table in tree.css("main table:not(.post table)"))
    assert all(header.attributes.get("scope") for header in tree.css("main thead th:not(.post th)"))


def test_the_style_sheet_is_the_one_that_the_content_security_policy_allows():
    style = re.search(r"<style>(.*?)</style>", message_page("a", "b"), re.DOTALL)[1]
    allowed = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = security_headers()["Content-Security-Policy"]

    assert f"style-src 'sha256-{allowed}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


def test_each_section_of_the_style_sheet_begins_outside_of_every_rule():
    sheet = (Path(pages.__file__).parent / "templates" / "style.css").read_text(encoding="utf-8")
    depth = 0
    for line in sheet.splitlines():
        assert not (line.startswith("/*") and depth), line
        depth += line.count("{") - line.count("}")
        assert depth >= 0, line

    assert depth == 0


def test_a_posts_html_is_cleaned():
    tree = read(safe_html(BITING))

    assert (
        tree.css("script, iframe, form, input, button, svg, style, base, meta, [onclick], [style], [id], [class]") == []
    )
    assert tree.css("img") == []
    assert [each.text() for each in tree.css("em")] == ["[Image]", "[Image at e.example]", "[Image]"]
    assert [link.attributes.get("href") for link in tree.css("a")] == [None, "https://e.example"]
    assert all("noopener" in link.attributes["rel"] for link in tree.css("a"))
    assert "{{7*7}} {% raw %} שלום" in tree.body.text()


def test_a_text_body_keeps_its_lines_and_its_angle_brackets():
    assert safe_html("a < b\n\n<script>", "text") == "<p>a &lt; b</p><p>&lt;script&gt;</p>"


def test_a_biting_post_leaves_the_page_whole():
    change = a_change(
        title='"><script>alert(1)</script>{{7*7}}',
        services=["<b>Teams</b>"],
        body={"contentType": "html", "content": BITING},
    )
    tree = read(pages.change_page(change, copies(), effects(), as_of=TODAY))

    assert tree.css_first("h1").text() == '"><script>alert(1)</script>{{7*7}}'
    assert tree.css("script:not([src^='/api/assets/']), form, iframe, base") == []
    assert len(tree.css("main")) == len(tree.css("footer")) == 1
    assert [node.text() for node in tree.css(".panel > h2")][-1] == "Revisions"


def test_the_change_page_shows_every_field_with_its_why():
    html = pages.change_page(a_change(), copies(), effects(), as_of=TODAY)
    said = " ".join(read(html).body.text(separator=" ").split())

    for words in (
        "Action required by 14 December 2026",
        "Rollout, worldwide: early to mid-October 2026",
        "Change to a feature",
        "tag: Feature update",
        "Sure",
        "a page that users rely on is removed",
        "30 November 2026 → to 14 December 2026",
        "contoso revision 2",
        "fabrikam revision 1",
        "other text",
        "Gone since 9 May 2026, 09:00 UTC",
        "CHG1234567",
        "To do in register: The register did not take risk: please set it by hand.",
        "channel helpdesk: answered 404",
        "the change names Microsoft Teams, which your team owns",
    ):
        assert words in said, words


def test_a_silent_decision_says_why():
    change = a_change()
    decision = type(change.decision)(SECOND.id, at(5, 4), (), (), silent="first load: older than 30 days")
    html = pages.change_page(Change(**{**_fields(change), "decision": decision}), as_of=TODAY)

    assert "first load: older than 30 days" in html


def test_a_parked_change_and_one_that_is_not_read_yet_say_so():
    change = Change("MC1234567", {"id": "MC1234567"}, at(4, 20), (), stage="parked", parked="no `title`")
    html = pages.change_page(change, as_of=TODAY)

    assert "no `title`" in html
    assert "not read yet" in html
    assert "Nothing to do" not in html


def test_related_posts_are_named_with_their_words_and_how_sure_that_is():
    related = (
        Related("superseded_by", "MC1300001", "refer to <it>", 0.9, said_here=True),
        Related("referred_by", "MC1400001", "as told in", 0.6, said_here=False),
    )
    tree = read(pages.change_page(a_change(), copies(), effects(), related=related, as_of=TODAY))
    panel = next(panel for panel in tree.css(".panel") if panel.css_first("h2").text() == "Related")

    said = " ".join(panel.text(separator=" ").split())
    assert "Superseded by MC1300001 sure refer to <it>" in said
    assert "Is referred to by MC1400001 unsure MC1400001: as told in" in said
    assert [link.attributes["href"] for link in panel.css("a")] == ["/api/changes/MC1300001", "/api/changes/MC1400001"]


def test_late_events_say_that_nobody_was_told():
    change = a_change()
    late = Event("cancelled", SECOND.id, SECOND.observed, "scheduled", "cancelled", late=True)
    html = pages.change_page(Change(**{**_fields(change), "events": (late,)}), as_of=TODAY)

    assert "came late, nobody was told" in html


def test_an_unknown_reason_or_number_of_days_is_a_dash():
    assert [days(value) for value in (None, 0.0, 0.44, 6.0, 9.96, 31.4)] == ["–", "0", "0.4", "6", "10", "31"]


@pytest.mark.parametrize(
    ("confidence", "words"), [(0.9, "Sure"), (0.89, "Likely"), (0.76, "Likely"), (0.75, "Unsure"), (0.0, "Unsure")]
)
def test_how_sure_a_field_is_is_told_in_a_word(confidence, words):
    shown = {field.key: field.sure for field in fields(classified(why={"kind": Why("tag", confidence)}))}

    assert (shown["kind"], shown["default"]) == (words, "")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("metrics-empty", "Nothing is measured yet"),
        ("metrics-open", "Nothing was closed yet"),
        ("metrics-nothing", "Show every team and workload"),
        ("register-empty", "No ticket"),
        ("maturity-empty", "What to do first"),
    ],
)
def test_an_empty_page_says_what_to_do_next(name, words):
    assert words in everything()[name]


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=[]), max_size=100), st.text(max_size=300))
def test_any_title_and_body_make_a_page_that_can_be_sent(title, body):
    html = pages.change_page(a_change(title=title, body={"contentType": "html", "content": body}), as_of=TODAY)

    tree = read(html.encode("utf-8").decode("utf-8"))
    assert len(tree.css("footer")) == 1
    assert tree.css("script:not([src^='/api/assets/'])") == []


def _fields(change):
    return {name: getattr(change, name) for name in Change.__dataclass_fields__}


def test_a_tenant_shows_how_far_microsoft_is_in_words():
    tenants = next(section for section in read(everything()["change"]).css("section") if "Tenants" in section.text())

    assert [line.text() for line in tenants.css("p") if "Roadmap" in line.text()] == [
        "Roadmap 912311: Rolling out to targeted release on Desktop; Scheduled on Web"
    ]
    assert "InRollout" not in tenants.text()


def test_a_ticket_of_the_register_shows_its_steps_and_people_where_there_are_some():
    (entry, *_) = samples.register()
    shown = ticket_page(entry)
    assert "Tell the users of polls where the answers go" in shown
    assert all(text in shown for text in ("24 September 2026", "sam@contoso.example", "Configuration items"))

    plain = ticket_page(replace(entry, steps=(), requested_by="", assigned_to="", configuration_items=()))
    assert not any(text in plain for text in ("Steps", "Requested by", "Assigned to", "Configuration items"))


@pytest.mark.parametrize(
    ("step", "words"), [("kept", "kept until it is released"), ("over", "over before it was released")]
)
def test_what_waits_of_a_first_load_is_said_of_each_ticket_and_card(step, words):
    waiting = [replace(state, due="", done="", parked="", first_load=step) for state in effects()]

    assert read(pages.change_page(a_change(), copies(), waiting, as_of=TODAY)).text().count(words) == len(waiting)


def test_the_change_page_says_which_services_nobody_owns_and_who_answers():
    change = replace(a_change(), decision=replace(a_change().decision, unowned=("Microsoft Loom",)))
    (state, *_) = effects()
    html = pages.change_page(
        change, copies(), [replace(state, effect=replace(state.effect, answers="ben@example.com"))], as_of=TODAY
    )

    assert "Microsoft Loom" in html
    assert f"ben@example.com answers for {state.effect.team}" in html


def words(node):
    return " ".join(node.text(separator=" ").split())


def rows_of_fields(html):
    table = read(html).css_first("[aria-label=Classification] table")
    return {words(row.css_first("th")): [words(cell) for cell in row.css("td")] for row in table.css("tbody tr")}


def test_a_change_page_says_who_settled_a_field_what_was_read_and_what_needs_a_look():
    html = everything()["change-settled"]
    rows = rows_of_fields(html)

    assert rows["Kind"] == [
        "Security Read as: Change to a feature",
        "settled by Ana <Silva> on 21 June 2026",
        "Settled",
    ]
    value, why, sure = rows["User impact"]
    assert value.startswith("High settled for an earlier edition Read as: ")
    assert (why, sure) == ("settled by Ben on 21 April 2026, for an earlier edition", "Unsure")
    plan = rows["Rollout"][0]
    assert "no longer holds General availability, worldwide: 1 December 2026, settled by Ben on 21 April 2026;" in plan
    assert plan.endswith("Microsoft says otherwise since, and that counts")
    assert "settled" not in rows["Action"][0]


def test_a_change_page_lists_what_people_settled_newest_first():
    html = everything()["change-settled"]
    (section,) = [
        each for each in read(html).css("section") if each.css_first("h2").text() == "What people said and settled"
    ]
    items = [words(item) for item in section.css("li")]

    assert [item.split()[0] for item in items] == ["Ana", "Ana", "Ben"]
    assert items[0].endswith("by command Kind: Change to a feature → Security")
    assert items[1].endswith("Change Review Board: Yes → No, left to the reader again")
    assert items[2].endswith("Rollout: none → General availability, worldwide: 1 December 2026")
    assert "What people said and settled" not in everything()["change-moved"]


def test_how_a_rollout_went_stands_on_its_page_and_the_lesson_on_the_next_one():
    page = samples.everything()["change-outcome"]

    for words in (
        "How it went for messaging, help desk: some load",
        "What broke: “Two macros.”",
        "“Tell them &lt;first&gt;.”",
        "Last time",
        "“Tell the &lt;help desk&gt; a week ahead.”",
        '<a href="/api/changes/MC1200002">MC1200002</a>, help desk: much load',
    ):
        assert words in page


def test_the_form_about_a_rollout_is_open_where_its_button_was_pressed_and_a_private_post_has_none():
    pages = samples.answer_pages()

    assert "<details open><summary>Tell how it went</summary>" in pages["answer-outcome"]
    assert "Tell the &lt;help desk&gt; a week ahead. (MC1200002, help desk: much load" in pages["answer-outcome"]
    assert "<details><summary>Tell how it went</summary>" in pages["answer"]
    assert "Tell how it went" not in pages["answer-private"]
