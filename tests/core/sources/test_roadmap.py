"""The roadmap: read tolerantly, joined to posts, and where the two disagree, in words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.core.errors import PermanentError
from shared.core.posts.classification import Classification, Interval, Window
from shared.core.posts.post import read_post
from shared.core.sources.roadmap import (
    RoadmapItem,
    item_from_json,
    item_to_json,
    join,
    month_of,
    read_item,
    read_items,
    renewed,
    roadmap_ids,
)
from shared.core.sources.snapshot import DoubtedError

TODAY = date(2026, 9, 1)
RAW = {
    "id": 912345,
    "title": "A new viewer ",
    "publicDisclosureAvailabilityDate": "October CY2026",
    "publicPreviewDate": "",
    "status": "In development",
    "modified": "2026-08-01T10:00:00",
    "tagsContainer": {"products": [{"tagName": "Outlook"}], "cloudInstances": [{"tagName": "GCC"}], "platforms": []},
}
ITEM = RoadmapItem(
    "912345", "A new viewer", "In development", ("Outlook",), ("GCC",), date(2026, 10, 1), None, "2026-08-01T10:00:00"
)
MID_OCTOBER = Interval(date(2026, 10, 11), date(2026, 10, 20))
LATE_NOVEMBER = Interval(date(2026, 11, 21), date(2026, 11, 30))


def ga(start=None, end=None, phase="ga"):
    return Window(phase, ("worldwide",), start, end)


def against(item=ITEM, *windows, status="scheduled", today=TODAY):
    found = Classification("MC1", windows=windows, status=status)
    (view,) = join([item.id], found, {item.id: item}, today)
    return view.contradictions


def changed(**over):
    return read_item(RAW | over)


def test_an_item_of_the_api_is_read():
    assert read_item(RAW) == ITEM


def test_an_item_comes_back_from_storage_as_it_was():
    assert item_from_json("912345", item_to_json(ITEM)) == ITEM


@pytest.mark.parametrize("raw", [None, 7, [], {}, {"id": None}, {"id": "x"}, {"id": {"a": 1}}, {"id": "12"}])
def test_what_has_no_id_is_no_item(raw):
    assert read_item(raw) is None


def test_an_item_that_says_nothing_has_empty_fields():
    item = read_item({"id": "912345", "tagsContainer": {"products": [None, {}, 3], "cloudInstances": "x"}})

    assert item == RoadmapItem("912345", "", "")


@given(st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_whatever_stands_in_the_fields_an_item_is_read(value):
    for name in RAW:
        if name != "id":
            assert changed(**{name: value}) is not None


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("October CY2026", date(2026, 10, 1)),
        ("May 2025", date(2025, 5, 1)),
        ("Sept CY2025", date(2025, 9, 1)),
        ("", None),
        ("Q3 CY2026", None),
        ("Someday CY2026", None),
        ("May CY0000", None),
        (None, None),
    ],
)
def test_a_month_is_its_first_day(text, month):
    assert month_of(text) == month


@pytest.mark.parametrize("answer", [None, {}, "no", {"error": "moved"}, [{"identity": 1}]])
def test_an_answer_of_another_form_is_a_failure(answer):
    with pytest.raises(PermanentError, match="roadmap"):
        read_items(answer)


def test_an_item_that_vanished_stays_and_is_marked_until_it_returns():
    other = changed(id=912346)
    gone = renewed({"912345": ITEM}, {"912346": other})

    assert (gone["912345"].gone, gone["912346"]) == (True, other)
    assert renewed(gone, {"912345": ITEM})["912345"] == ITEM


def test_a_roadmap_that_lost_more_than_half_is_doubted_and_believed_when_told():
    held = {str(number): changed(id=number) for number in range(900000, 900030)}
    left = dict(list(held.items())[:14])

    with pytest.raises(DoubtedError, match="lost 16 of 30"):
        renewed(held, left)
    assert sum(item.gone for item in renewed(held, left, believe=True).values()) == 16


def test_a_post_names_its_ids_in_the_details_and_in_the_text_each_once():
    body = (
        "<p>This is associated with Microsoft 365 Roadmap ID <a href='https://x.example/'>912345</a> and roadmap IDs:"
        "&nbsp;912347, 912348.</p><p>Call 5551234.</p>"
    )
    details = [{"name": "RoadmapIds", "value": "912346, 912345"}, {"name": "RoadmapIds", "value": "912349"}]
    post = read_post({"id": "MC1200001", "details": details, "body": {"contentType": "html", "content": body}})

    assert roadmap_ids(post) == ("912346", "912345", "912349", "912347", "912348")


def test_an_id_that_the_roadmap_does_not_hold_is_shown_without_an_item():
    (view,) = join(["999999"], Classification("MC1"), {"912345": ITEM}, TODAY)

    assert (view.item, view.contradictions) == (None, ())


@pytest.mark.parametrize(
    "windows",
    [
        (),
        (ga(MID_OCTOBER, LATE_NOVEMBER),),
        (ga(end=Interval(date(2026, 10, 1), date(2026, 10, 10))),),
        (ga(LATE_NOVEMBER), ga(MID_OCTOBER)),
        (ga(LATE_NOVEMBER, phase="retirement"),),
        (ga(),),
    ],
)
def test_a_month_that_some_window_allows_is_no_contradiction(windows):
    assert against(ITEM, *windows) == ()


def test_another_month_is_told():
    assert against(ITEM, ga(LATE_NOVEMBER)) == ("The roadmap says October 2026; the post says late November 2026.",)


def test_cancelled_there_and_not_here_and_the_reverse_are_told():
    cancelled = changed(status="Cancelled")

    assert against(cancelled, ga(MID_OCTOBER)) == ("The roadmap says that this is cancelled; the post does not.",)
    assert against(cancelled, status="cancelled") == ()
    assert against(ITEM, status="cancelled") == (
        "The post says that this will not come; the roadmap says “In development”.",
    )
    assert against(ITEM, status="superseded") == ()


def test_launched_while_the_post_is_still_ahead_is_told():
    launched = changed(status="Launched")
    said = "The roadmap says that this is launched; by the post it begins mid-October 2026."

    assert against(launched, ga(MID_OCTOBER)) == (said,)
    assert against(launched, ga(MID_OCTOBER), today=date(2026, 10, 11)) == ()


def test_a_post_on_hold_has_no_month_to_disagree_with():
    assert against(ITEM, ga(LATE_NOVEMBER), status="on_hold") == ()
