"""Posts as tools write them come out in Graph's own names and forms; what cannot be restored is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.core.posts.exported import as_graph
from shared.core.posts.post import read_post
from tests.core.posts.test_post import ODD
from tests.properties import unhurried
from tests.usecases.world import post

TYPE = "Microsoft.Graph.PowerShell.Models.MicrosoftGraphKeyValuePair"


def test_what_graph_sends_is_given_back_as_it_is():
    raw = post()

    assert as_graph(raw).post is raw
    assert as_graph(raw).lost == ()


@pytest.mark.parametrize(
    ("name", "value", "restored"),
    [
        ("StartDateTime", "/Date(1785747600000)/", "2026-08-03T09:00:00Z"),
        ("StartDateTime", "/Date(1785747600000+0200)/", "2026-08-03T09:00:00Z"),
        ("lastModifiedDateTime", "/Date(1785747604250)/", "2026-08-03T09:00:04.250Z"),
        ("STARTDATETIME", {"value": "/Date(1785747600000)/", "DateTime": "Monday"}, "2026-08-03T09:00:00Z"),
        ("startDateTime", "/Date(999999999999999999)/", None),
        ("startDateTime", "/Date(-99999999999999)/", None),
        ("startDateTime", None, None),
        ("startDateTime", "soon", "soon"),
        ("Services", "Exchange Online", ["Exchange Online"]),
        ("services", " ", []),
        ("IsMajorChange", "True", True),
        ("IsMajorChange", "False", False),
        ("Details", [{"Name": "Summary", "Value": "A"}], [{"name": "Summary", "value": "A"}]),
        ("details", {"Name": "Summary", "Value": "A"}, [{"name": "Summary", "value": "A"}]),
        ("details", {"Summary": "A"}, [{"name": "Summary", "value": "A"}]),
        ("details", ["@{Name=Summary; Value=A; b}"], [{"name": "Summary", "value": "A; b"}]),
        ("Body", {"ContentType": "html", "Content": "<p>A</p>"}, {"contentType": "html", "content": "<p>A</p>"}),
        ("Body", "@{content=<p>A; b</p>; contentType=html}", {"contentType": "html", "content": "<p>A; b</p>"}),
        ("body", "words", "words"),
    ],
)
def test_a_field_is_restored(name: str, value: object, restored: object):
    exported = as_graph({"id": "MC1200001", name: value})

    (field,) = exported.post.keys() - {"id"}
    assert field.lower() == name.lower()
    assert exported.post[field] == restored
    assert exported.lost == ()


@pytest.mark.parametrize(
    ("name", "value", "left"),
    [
        ("details", [TYPE], []),
        ("details", [TYPE, {"name": "Summary", "value": "A"}], [{"name": "Summary", "value": "A"}]),
        ("Details", TYPE, []),
        ("body", "Microsoft.Graph.PowerShell.Models.MicrosoftGraphItemBody", {}),
        ("services", "System.Object[]", []),
    ],
)
def test_the_name_of_a_type_is_no_value(name: str, value: object, left: object):
    exported = as_graph({"id": "MC1200001", name: value})

    assert exported.lost == (name.lower(),)
    assert exported.post[name.lower()] == left


@unhurried
@given(st.dictionaries(st.sampled_from([*post(), "Details", "StartDateTime", "Body", "SERVICES"]), ODD))
def test_odd_fields_never_fail(fields: dict[str, object]):
    read_post(as_graph({**fields, "id": "MC1200001"}).post)
