"""Whatever a model says, nothing comes of it that the post does not say."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from shared.core.changes.second import SecondReading, both, outcomes
from shared.core.classify.classifier import classify
from shared.core.classify.dates.cues import dates
from shared.core.classify.document import read_document
from shared.core.classify.status import read_status
from shared.core.second.asking import Reply
from shared.core.second.judging import answered
from shared.core.second.question import question_of
from shared.core.second.quoting import one_line, quotation
from tests.core.second.models import MODELS, forty, injected

NOW = datetime(2026, 8, 20, 11, 0, tzinfo=UTC)
COUNTS = ("agrees", "taken", "doubts", "passed over", "fell")


def read_by(name, use):
    """Each post with our reading, both readings together, and what became of each answer."""
    for told in forty():
        one = injected(told) if name == "injected" else told
        text = MODELS[name](question_of(one.post), one)
        second = answered(SecondReading(NOW, use), one.post, Reply(text, name, 1, 1), "a model", NOW)
        own = classify(one.post)
        yield one.post, own, both(own, second), outcomes(own, second)


def table(use):
    """How many answers of each model came to what; 40 posts, at most 9 answers each."""
    counted = {}
    for name in MODELS:
        became = Counter(each.outcome for *_, found in read_by(name, use) for each in found)
        counted[name] = [became[each] for each in COUNTS]
    return counted


@pytest.mark.parametrize("use", ["unsure", "all"])
@pytest.mark.parametrize("name", MODELS)
def test_nothing_gets_through_that_is_not_in_the_post(name, use):
    for post, own, merged, found in read_by(name, use):
        document = read_document(post)
        text = one_line("\n".join([post.title, *(line.text for line in document.lines)]))
        for each in found:
            if each.outcome == "fell":
                continue
            for quote in each.quote.split(" … "):
                assert one_line(quote) in text, (post.id, each)
            if each.name == "act_by":
                where = quotation(document, each.quote)
                named = {interval.first for _, _, interval in dates(where.words, document.day, document.day)}
                assert each.theirs in named, (post.id, each)
        stated = {window.start for window in own.windows} | {window.end for window in own.windows}
        for window in merged.windows:
            named = {interval for _, _, interval in dates(window.words, document.day, document.day)}
            assert {window.start, window.end} - {None} <= named | stated, (post.id, window)


@pytest.mark.parametrize("use", ["unsure", "all"])
@pytest.mark.parametrize("name", MODELS)
def test_no_plan_falls_and_no_deadline_goes_but_by_words_that_our_own_reader_takes_for_that(name, use):
    for post, own, merged, _ in read_by(name, use):
        if merged.status != own.status:
            assert merged.why["status"].reader
            assert merged.is_unsure("status")
        if own.act_by and merged.act_by != own.act_by:
            assert merged.act_by or merged.status not in {"scheduled", "no_schedule"}, post.id
        if own.windows and not merged.windows:
            assert read_status(read_document(post), (), "").status == merged.status, post.id


@pytest.mark.parametrize("use", ["unsure", "all"])
def test_what_is_taken_is_never_told_as_sure(use):
    for name in MODELS:
        for _, own, merged, found in read_by(name, use):
            for each in found:
                if each.outcome in {"taken", "doubts"}:
                    assert merged.is_unsure(each.name)
                if each.outcome == "agrees":
                    assert merged.why.get(each.name) is None or not merged.is_unsure(each.name)
            assert merged.id == own.id


NOTHING = [0, 0, 0, 0, 360]
UNSURE = {
    "good": [150, 30, 0, 0, 180],
    "lazy": NOTHING,
    "lying": NOTHING,
    "slow": [0, 0, 0, 0, 0],
    "injected": [30, 0, 0, 10, 320],
}


def test_of_a_lazy_a_lying_and_a_slow_model_nothing_gets_through():
    """The table of docs/second-reader.md. The good one says nothing of many fields: what it does not say falls."""
    assert table("unsure") == UNSURE


def test_what_a_post_tells_a_model_to_say_makes_fields_unsure_at_most():
    assert table("all") == UNSURE | {"injected": [30, 0, 10, 0, 320]}
