"""Which posts are for privacy readers only, in every spelling."""

import pytest

from shared.core.posts.post import read_post
from shared.core.posts.privacy import PRIVATE_TITLE, is_private, shown_title

STUB = "<p>Sign in to read this. A Global Administrator or a Message Center Privacy Reader can see what it says.</p>"


def a_post(tags: list[str], body: str = "<p>Something about your mailboxes.</p>") -> dict[str, object]:
    return {"id": "MC1900061", "title": "An incident", "tags": tags, "body": {"contentType": "html", "content": body}}


@pytest.mark.parametrize(
    ("tags", "body", "private"),
    [
        pytest.param(["GDPR"], "", True, id="Graph's tag"),
        pytest.param([" gdpr "], "", True, id="in small letters"),
        pytest.param(["Data privacy"], "", True, id="the admin center's word"),
        pytest.param(["Admin impact", "Data Privacy"], "", True, id="among others"),
        pytest.param(["data-privacy"], "", True, id="with a hyphen"),
        pytest.param(["DataPrivacy"], "", True, id="in one word"),
        pytest.param(["data  privacy"], "", True, id="with two spaces"),
        pytest.param([], STUB, True, id="by its stub alone"),
        pytest.param([], STUB + "<p>More about roles.</p>" * 100, False, id="a long text that names the role"),
        pytest.param(["Privacy settings"], "", False, id="another tag"),
        pytest.param([], "", False, id="none"),
    ],
)
def test_a_post_on_data_privacy_is_known(tags: list[str], body: str, private: bool) -> None:
    post = read_post(a_post(tags, body))

    assert is_private(post) is private
    assert shown_title(post) == (PRIVATE_TITLE if private else "An incident")
