"""Which steps can be followed without the rest of their post."""

import pytest

from shared.core.classify.particulars.clear import clear_steps, is_clear
from shared.core.posts.particulars import Step

STEPS = [
    ("Replace the old connector in the admin center", True),
    ("If you use the old connector, replace it", True),
    ("To opt out, open the mail settings", True),
    ("Do not change the connector during the maintenance", True),
    ("If you use the old connector after May", False),
    ("If the old connector appears: its address or its host", False),
    ("Update them before that date", False),
    ("Run the following query", False),
    ("Use the ones listed above", False),
    ("By default, the connector is off and must be enabled", False),
    ("For example, assign another plan", False),
    ("To learn more, read the guide", False),
    ("The score will be updated once a day", False),
    ("Events are only written when a key is missing", False),
    ("Use Find Old Connectors | Community Samples", False),
    ("", False),
]


@pytest.mark.parametrize(("text", "clear"), STEPS, ids=[text[:50] for text, _ in STEPS])
def test_a_step_is_clear_where_it_is_an_instruction_by_itself(text, clear):
    assert is_clear(text) is clear


def test_an_alternative_says_that_it_is_one():
    words = "Alternatively, you may add the tag."
    assert [step.text for step in clear_steps([Step("Add the tag", words)])] == ["Or: Add the tag"]
    assert [step.text for step in clear_steps([Step("Alternatively add the tag", words)])] == []


def test_a_step_whose_object_stands_in_a_list_below_it_is_left_out():
    assert clear_steps([Step("Ensure devices can reach", "Ensure devices can reach:")]) == ()
    assert clear_steps([Step("Ensure devices can reach: a.example", "Ensure devices can reach:")]) != ()
