"""Secrets of Standard Webhooks as their libraries take them."""

import base64

import pytest

from shared.core.signing import fault_of, remark_on, signature

KEY = b"a key of at least twenty-four bytes!!"
PADDED = "whsec_" + base64.b64encode(KEY).decode()


def test_padding_is_optional() -> None:
    assert PADDED.endswith("=")
    assert fault_of(PADDED.rstrip("=")) == ""
    assert signature(PADDED, "m", "1", b"{}") == signature(PADDED.rstrip("="), "m", "1", b"{}")


def test_a_raw_secret_goes_on_and_is_remarked_on() -> None:
    raw = "a secret that is in use as raw text"

    assert fault_of(raw) == ""
    assert signature(raw, "m", "1", b"{}").startswith("v1,")
    assert "whsec_" in remark_on(raw)
    assert remark_on(PADDED) == ""


@pytest.mark.parametrize("secret", ["whsec_", "whsec_%%%", "whsec_c2hvcnQ", "short", "whsec_a"])
def test_what_is_no_key_or_can_be_guessed_is_a_fault(secret: str) -> None:
    assert fault_of(secret)
