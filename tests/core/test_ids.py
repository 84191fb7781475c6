"""Message Center ids and the keys made of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.core import ids
from shared.core.errors import PermanentError
from tests.properties import unhurried


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MC1200001", "MC1200001"),
        (" mc1200001 ", "MC1200001"),
        ("MCMC1200001", "MC1200001"),
        ("MC 1200001", "MC1200001"),
        ("MC0012345", "MC12345"),
        ("MC1234", "MC1234"),
        ("MC9999999999", "MC9999999999"),
    ],
)
def test_an_id_is_read_as_people_write_it(text, expected):
    assert ids.normalise(text) == expected
    assert ids.is_id(expected)


@pytest.mark.parametrize(
    "text",
    ["", "MC", "MC123", "MC12345678901", "1200001", "MC12 and MC13", "XMC1200001", "MC-1200001", "\ud800"],
    ids=ascii,
)
def test_anything_else_is_no_id(text):
    with pytest.raises(PermanentError, match="no Message Center id"):
        ids.normalise(text)
    assert not ids.is_id(text)


@unhurried
@given(st.integers(1000, 9_999_999_999), st.integers(1000, 9_999_999_999))
def test_keys_and_partitions_sort_as_numbers_do(one, other):
    low, high = (f"MC{number}" for number in sorted((one, other)))

    assert ids.key(low) <= ids.key(high)
    assert ids.partition(low) <= ids.partition(high)
    assert ids.from_key(ids.key(low)) == low


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MC1200001, MC1200002 and 3 more (contoso)", ("MC1200001", "MC1200002")),
        ("MC1200001 MC1200001", ("MC1200001",)),
        ("an item", ()),
        ("XMC1200001 MC123 MC12345678901", ()),
    ],
)
def test_ids_are_found_in_a_text(text, expected):
    assert ids.ids_in(text) == expected
