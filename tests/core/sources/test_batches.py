import gzip
import json
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.core import ids, messages
from shared.core.errors import PermanentError
from shared.core.sources.batches import of_posts, of_tasks, read_blob
from tests.effort import ratio

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
MESSAGES = Path(__file__).parents[4] / "shared/data/messages.jsonl.gz"


def noise(size, seed=0):
    """Text that does not compress below three quarters of its size."""
    return "".join(
        random.Random(seed).choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-", k=size)
    )


def post(number, size=200):
    return {"id": f"MC{number}", "title": f"Title {number}", "body": {"content": noise(size, number)}}


def size(body):
    return len(messages.encode(messages.Envelope(body, NOW, attempts=1_000_000)))


def posts_of(batches):
    return [raw for body in batches.bodies for raw in body["posts"]]


def test_nothing_makes_no_message():
    assert of_posts("contoso", NOW, []).bodies == ()


def test_a_body_says_whose_it_is_and_holds_every_list():
    (body,) = of_posts("contoso", NOW, [post(1000001)], gone=["MC1000002"], broken=[{"title": "no id"}]).bodies

    assert body == {
        "tenant": "contoso",
        "source": "messages",
        "observed": "2026-09-01T09:00:00+00:00",
        "posts": [post(1000001)],
        "gone": ["MC1000002"],
        "blobs": [],
        "broken": [{"title": "no id"}],
    }


def test_posts_are_sorted_by_partition_and_small_partitions_share_a_message():
    numbers = [1_300_000, 1_000_000, 1_300_001, 1_000_001]

    (body,) = of_posts("contoso", NOW, [post(n) for n in numbers]).bodies

    assert [raw["id"] for raw in body["posts"]] == [f"MC{n}" for n in sorted(numbers)]


def test_a_partition_that_fits_one_message_is_never_cut():
    first = [post(1_000_000 + n, 2000) for n in range(20)]
    second = [post(1_300_000 + n, 2000) for n in range(20)]

    batches = of_posts("contoso", NOW, first + second)

    assert [len(body["posts"]) for body in batches.bodies] == [20, 20]


def test_a_partition_too_large_for_one_message_is_cut_into_several():
    batches = of_posts("contoso", NOW, [post(1_000_000 + n, 10_000) for n in range(30)])

    assert len(batches.bodies) > 4
    assert all(size(body) <= messages.LIMIT for body in batches.bodies)
    assert len(posts_of(batches)) == 30


def test_a_post_that_fits_no_message_travels_as_a_reference():
    large = post(1_000_001, 200_000)

    batches = of_posts("contoso", NOW, [post(1_000_000), large, post(1_000_002)])

    assert [raw["id"] for raw in posts_of(batches)] == ["MC1000000", "MC1000002"]
    ((name, data),) = batches.blobs.items()
    assert [n for body in batches.bodies for n in body["blobs"]] == [name]
    assert name.startswith("contoso/MC1000001-")
    assert read_blob(data) == large


def test_the_same_large_post_has_the_same_blob_and_another_content_another():
    one = of_posts("contoso", NOW, [post(1_000_001, 200_000)]).blobs
    same = of_posts("contoso", NOW, [post(1_000_001, 200_000)]).blobs
    other = of_posts("contoso", NOW, [post(1_000_001, 200_001)]).blobs

    assert one.keys() == same.keys()
    assert one.keys() != other.keys()


def test_a_tenant_s_name_is_safe_in_a_blob_s_name():
    (name,) = of_posts("con/to?so", NOW, [post(1_000_001, 200_000)]).blobs

    assert name.startswith("con%2Fto%3Fso/MC1000001-")


def test_half_a_surrogate_pair_does_not_hold_up_its_neighbours():
    odd = post(1_000_001) | {"title": "odd \ud83d"}

    batches = of_posts("contoso", NOW, [post(1_000_000), odd])

    assert posts_of(batches) == [post(1_000_000), odd]


def test_what_is_broken_and_too_large_is_a_reference_too():
    batches = of_posts("contoso", NOW, [], broken=["x", {"title": noise(200_000)}, None])

    assert [item for body in batches.bodies for item in body["broken"]] == ["x", None]
    assert len(batches.blobs) == 1


def test_gone_ids_travel_with_the_posts_of_their_partition():
    first = [post(1_000_000 + n, 2000) for n in range(20)]
    second = [post(1_300_000 + n, 2000) for n in range(20)]

    batches = of_posts("contoso", NOW, first + second, gone=["MC1000050", "MC1300050"])

    assert [body["gone"] for body in batches.bodies] == [["MC1000050"], ["MC1300050"]]


def test_tasks_are_cut_by_size_alone():
    tasks = [{"id": str(n), "title": noise(5000, n)} for n in range(30)]

    batches = of_tasks("contoso", "plan-1", NOW, tasks)

    assert [task for body in batches.bodies for task in body["tasks"]] == tasks
    assert all(body["plan"] == "plan-1" and size(body) <= messages.LIMIT for body in batches.bodies)


def test_a_blob_that_holds_no_json_is_parked():
    with pytest.raises(PermanentError, match="no JSON"):
        read_blob(b"\xff")


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=40)
@given(
    st.dictionaries(st.integers(1_000_000, 1_060_000), st.integers(0, 90_000), max_size=25),
    st.sets(st.integers(1_000_000, 1_060_000), max_size=20),
)
def test_every_post_arrives_once_in_messages_that_fit(sizes, gone):
    posts = [post(number, size) for number, size in sizes.items()]

    batches = of_posts("contoso", NOW, posts, gone=[f"MC{n}" for n in gone])

    arrived = posts_of(batches) + [read_blob(batches.blobs[name]) for body in batches.bodies for name in body["blobs"]]
    assert sorted(raw["id"] for raw in arrived) == sorted(raw["id"] for raw in posts)
    assert sorted(i for body in batches.bodies for i in body["gone"]) == sorted(f"MC{n}" for n in gone)
    assert all(size(body) <= messages.LIMIT for body in batches.bodies)
    first = [min(map(ids.partition, held)) for body in batches.bodies if (held := [r["id"] for r in body["posts"]])]
    assert first == sorted(first)


def test_the_real_feed_of_a_tenant_fills_its_messages_quickly():
    if not MESSAGES.exists():
        pytest.skip("real posts (../shared/data) are not beside this checkout")
    with gzip.open(MESSAGES, "rt") as lines:
        posts = [json.loads(line) for line in lines]

    batches = of_posts("contoso", NOW, posts)

    half = posts[: len(posts) // 2]
    assert ratio(lambda: of_posts("contoso", NOW, posts), lambda: of_posts("contoso", NOW, half), rounds=1) < 4
    assert len(posts_of(batches)) == len(posts)
    sizes = [size(body) for body in batches.bodies]
    assert max(sizes) <= messages.LIMIT
    assert sum(sizes) / len(sizes) > 0.8 * messages.LIMIT


def test_tasks_that_are_gone_travel_with_the_others_by_number():
    (body,) = of_tasks("contoso", "plan-1", NOW, [{"id": "a"}], gone=[2**63 - 1, 7]).bodies
    assert (body["tasks"], body["gone"]) == ([{"id": "a"}], [7, 2**63 - 1])
