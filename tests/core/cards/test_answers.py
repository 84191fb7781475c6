"""Links of a card's buttons: whoever holds none, an old one or another's learns why, and nothing else."""

import base64
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from shared.core.cards.answers import CardLink, LinkFault, expiry, opener, read_token, token_of
from shared.core.errors import PermanentError
from shared.core.signing import Key, keys_of

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
NEW, OLD = Key("k2", b"2" * 32), Key("k1", b"1" * 32)
LINK = CardLink("MC1200001", "messaging", "20260830100000-abcdefabcdef", NOW + timedelta(days=30))
TOKEN = token_of(LINK, NEW)


@pytest.mark.parametrize(
    "link",
    [
        LINK,
        replace(LINK, channel="a|b c/ü"),
        replace(LINK, occasion="act-7@2026-09-08"),
        replace(LINK, change_id="MC1234"),
    ],
)
def test_a_link_says_which_card_it_is_on(link):
    assert read_token(token_of(link, NEW), [NEW, OLD], NOW) == link


def test_a_token_is_short_enough_for_a_card_and_needs_no_escape_in_an_address():
    assert len(TOKEN) < 160
    assert set(TOKEN) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_a_link_of_the_key_before_is_good_until_that_key_is_taken_away():
    token = token_of(LINK, OLD)

    assert read_token(token, [NEW, OLD], NOW) == LINK
    assert read_token(token, [NEW], NOW) == LinkFault.FORGED
    assert read_token(token, [], NOW) == LinkFault.FORGED


def test_an_old_link_says_so():
    assert read_token(TOKEN, [NEW], LINK.until + timedelta(seconds=1)) == LinkFault.EXPIRED


def test_a_link_of_another_change_says_so():
    assert read_token(TOKEN, [NEW], NOW, "MC1200002") == LinkFault.OTHER_CHANGE
    assert read_token(TOKEN, [NEW], NOW, "nonsense") == LinkFault.OTHER_CHANGE
    assert read_token(TOKEN, [NEW], NOW, " mc1200001 ") == LINK


def altered():
    """Every token that differs from a good one in one character, and others that people try."""
    for at, character in enumerate(TOKEN):
        other = "A" if character != "A" else "B"
        yield TOKEN[:at] + other + TOKEN[at + 1 :]
    signed, _, mac = TOKEN.partition(".")
    data = base64.urlsafe_b64decode(signed + "=" * (-len(signed) % 4)).decode()
    for was, now in (("1200001", "1200002"), ("messaging", "workplace"), ("k2", "k1"), ("abcdef", "abcdee")):
        yield base64.urlsafe_b64encode(data.replace(was, now).encode()).decode().rstrip("=") + "." + mac
    yield from (
        "",
        ".",
        "..",
        signed,
        f"{signed}.",
        f".{mac}",
        f"{TOKEN}.",
        f"{TOKEN}=",
        f" {TOKEN}",
        TOKEN * 20,
        "ü.ü",
    )
    yield token_of(LINK, Key("k2", b"x" * 32))
    yield token_of(LINK, Key("k3", NEW.key))
    yield TOKEN.upper()


@pytest.mark.parametrize("token", list(altered()))
def test_a_link_that_was_not_made_here_is_forged(token):
    assert read_token(token, [NEW, OLD], NOW) == LinkFault.FORGED


@pytest.mark.parametrize("fault", LinkFault)
def test_what_is_wrong_is_a_sentence_that_says_what_to_do(fault):
    assert str(fault).endswith(".")
    assert "pen" in str(fault)


@pytest.mark.parametrize(
    ("act_by", "until"),
    [
        (None, NOW + timedelta(days=30)),
        (date(2026, 9, 3), NOW + timedelta(days=30)),
        (date(2027, 1, 31), datetime(2027, 2, 7, 23, 59, 59, 999999, tzinfo=UTC)),
    ],
)
def test_a_link_is_good_for_30_days_or_until_a_week_after_the_deadline(act_by, until):
    assert expiry(NOW, act_by) == until


def test_who_opened_a_card_is_another_word_each_month_and_with_each_key():
    words = {
        opener(key, month, who) for key in (NEW, OLD) for month in ("2026-09", "2026-10") for who in ("ana", "ben")
    }

    assert len(words) == 8
    assert opener(NEW, "2026-09", "ana") == opener(NEW, "2026-09", "ana")
    assert not any("ana" in word for word in words)


def test_keys_are_lines_of_a_secret_the_newest_first():
    assert keys_of("ANSWER_KEYS", f"\n k2:{'2' * 32}\r\nk1:{'1' * 32} \n\n") == (NEW, OLD)
    assert "222" not in repr(NEW)


@pytest.mark.parametrize(
    "text",
    ["", "\n", "k1", "k1:short", f"{'1' * 32}", f"k1:{'1' * 32}\nk1:{'2' * 32}", f"a b:{'1' * 32}", f":{'1' * 32}"],
)
def test_a_secret_that_is_no_keys_is_refused_and_never_shown(text):
    with pytest.raises(PermanentError, match="secret ANSWER_KEYS") as refused:
        keys_of("ANSWER_KEYS", text)

    assert "1111" not in str(refused.value)
