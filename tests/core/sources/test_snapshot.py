import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.core.errors import PermanentError, TransientError
from shared.core.sources.snapshot import MAX_POSTS, Seen, Snapshot, broken_number, compare, number_of

A, B, C = b"a" * 15, b"b" * 15, b"c" * 15


def snapshot(*pulls):
    """The snapshot after these pulls."""
    held = Snapshot()
    for pull in pulls:
        held = compare(held, pull.items(), believe=True).next_snapshot
    return held


def feed(count, watch=A):
    return dict.fromkeys(range(1_000_000, 1_000_000 + count), watch)


def test_at_first_everything_is_new():
    found = compare(Snapshot(), {1: A, 2: B}.items())

    assert (found.new, found.edited, found.gone) == ({1, 2}, frozenset(), frozenset())


def test_another_watch_hash_is_an_edit():
    found = compare(snapshot({1: A, 2: B}), {1: A, 2: C}.items())

    assert (found.new, found.edited, found.gone) == (frozenset(), {2}, frozenset())


def test_an_unchanged_feed_says_nothing_and_leaves_the_snapshot_as_it_is():
    held = snapshot({1: A, 2: B})

    found = compare(held, {2: B, 1: A}.items())

    assert not found.new | found.edited | found.gone
    assert found.next_snapshot == held


def test_a_post_is_gone_when_it_is_absent_twice_and_then_forgotten():
    first = compare(snapshot({1: A, 2: B}), {1: A}.items())
    second = compare(first.next_snapshot, {1: A}.items())
    third = compare(second.next_snapshot, {1: A}.items())

    assert [first.gone, second.gone, third.gone] == [frozenset(), {2}, frozenset()]


def test_a_post_that_is_back_in_time_was_never_away():
    back = compare(snapshot({1: A, 2: B}, {1: A}), {1: A, 2: B}.items())
    once_more = compare(back.next_snapshot, {1: A}.items())

    assert not back.new | back.edited | once_more.gone


def test_a_post_that_is_back_with_another_text_was_edited():
    assert compare(snapshot({1: A, 2: B}, {1: A}), {1: A, 2: C}.items()).edited == {2}


def test_a_post_that_comes_back_after_it_was_gone_is_new():
    assert compare(snapshot({1: A, 2: B}, {1: A}, {1: A}), {1: A, 2: B}.items()).new == {2}


@pytest.mark.parametrize(("known", "left"), [(20, 9), (100, 49), (25, 0), (1, 0)])
def test_a_feed_that_lost_most_of_itself_is_not_believed(known, left):
    with pytest.raises(
        TransientError, match=rf"holds {left} posts and lost {known - left} of the {known} .*not believed"
    ):
        compare(snapshot(feed(known)), feed(left).items())


@pytest.mark.parametrize(("known", "left"), [(20, 10), (19, 1), (100, 50), (0, 0)])
def test_a_feed_that_shrinks_less_is_believed(known, left):
    assert len(compare(snapshot(feed(known)), feed(left).items()).next_snapshot.posts) == known


def test_what_was_absent_once_is_no_loss_a_second_time():
    held = snapshot(feed(30), feed(20))

    assert len(compare(held, feed(11).items()).gone) == 10


def test_a_feed_of_broken_posts_alone_is_not_believed():
    with pytest.raises(TransientError, match="holds 0 posts"):
        compare(snapshot(feed(3)), [(broken_number({"title": "x"}), A)])


def test_a_doubted_feed_can_be_believed_after_all():
    assert len(compare(snapshot(feed(20)), [], believe=True).next_snapshot.posts) == 20


def test_of_a_number_that_comes_twice_the_last_counts():
    assert compare(Snapshot(), [(1, A), (1, B)]).next_snapshot == Snapshot({1: Seen(B)})


def test_something_broken_is_new_once_and_never_gone():
    number = broken_number({"title": "no id"})
    first = compare(Snapshot(), [(number, A), (1, A)])
    again = compare(first.next_snapshot, [(number, A), (1, A)])
    away = compare(compare(again.next_snapshot, [(1, A)]).next_snapshot, [(1, A)])

    assert first.new == {number, 1}
    assert not again.new | again.edited
    assert not away.gone
    assert number not in away.next_snapshot.posts


def test_numbers_of_broken_things_meet_no_id():
    assert broken_number(None) >= 1 << 63
    assert 0 <= number_of("task") < 1 << 63
    assert broken_number({"a": 1, "b": 2}) == broken_number({"b": 2, "a": 1})


def test_forty_thousand_posts_fit_one_row():
    properties = Snapshot({n: Seen(A) for n in range(MAX_POSTS)}).to_properties()

    assert sum(map(len, properties.values())) == 24 * MAX_POSTS < 1_000_000
    assert all(len(chunk) <= 64 * 1024 and len(chunk) % 24 == 0 for chunk in properties.values())
    assert list(properties)[:2] == ["c00", "c01"]


def test_more_than_that_is_said_and_not_cut():
    with pytest.raises(PermanentError, match="40001 posts are more than one row can remember"):
        Snapshot({n: Seen(A) for n in range(MAX_POSTS + 1)}).to_properties()


def test_a_damaged_snapshot_says_what_to_do():
    with pytest.raises(PermanentError, match="delete its row"):
        Snapshot.from_properties({"c00": b"x" * 25})


ENTRIES = st.dictionaries(
    st.integers(0, 2**64 - 1), st.builds(Seen, st.binary(min_size=15, max_size=15), st.booleans()), max_size=50
)


@given(ENTRIES)
def test_a_snapshot_survives_its_row(entries):
    row = {"posts": 7, "failure": "", **Snapshot(entries).to_properties()}

    assert Snapshot.from_properties(row) == Snapshot(entries)


def test_a_large_snapshot_survives_its_row():
    held = Snapshot({n: Seen(A, n % 2 == 0) for n in range(MAX_POSTS)})

    assert Snapshot.from_properties(held.to_properties()) == held


FEEDS = st.lists(st.dictionaries(st.integers(1, 8), st.sampled_from([A, B, C])), max_size=8)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(FEEDS)
def test_who_follows_the_comparisons_knows_the_feed(pulls):
    held, followed, missing = Snapshot(), {}, dict[int, int]()
    for pull in pulls:
        found = compare(held, pull.items(), believe=True)
        held = found.next_snapshot
        missing = {n: missing.get(n, 0) + 1 for n in followed if n not in pull}
        for number in found.new | found.edited:
            followed[number] = pull[number]
        for number in found.gone:
            del followed[number]

        assert {n: watch for n, watch in followed.items() if n in pull} == pull
        assert all(missing[n] < 2 for n in followed.keys() - pull.keys())
