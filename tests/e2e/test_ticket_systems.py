"""The sample story with a ticket system beside it, as `make run TICKETS=...` plays it."""

import json

from tests.e2e.running import once


def test_the_sample_story_files_its_tickets_in_servicenow():
    found = once("--tickets", "servicenow", "--tenants", "1")

    assert found["parked"] == 0
    assert found["tickets"] >= 10
    assert found["notes"] >= 1
    assert found["closed"] >= 1
    assert json.dumps(found)
