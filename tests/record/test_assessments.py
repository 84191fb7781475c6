"""Who asked to be reminded stands in the assessment, beside what other versions know."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from shared.core.changes.settled import NOTHING_SETTLED, Asked, Assessment, RolloutOutcome, with_names
from shared.core.life.line import Asked as AskedDay
from shared.core.life.line import Line
from shared.core.life.line_parts import people_part
from shared.core.review.act import Act
from shared.record.assessments import AssessmentRecord, audit_of, insert_act, put_assessment, read_act, read_assessment
from shared.record.change_keys import kind_of
from shared.record.packing import pack, unpack
from tests.fakes import NOW
from tests.usecases.world import World, post

WHO = "0f8e0000-0000-4000-8000-000000000001"
ASKED = Asked(date(2026, 9, 20), "messaging", "messaging", WHO)


def stored(assessment, before=None):
    write = put_assessment("MC1200001", before or AssessmentRecord(), assessment)
    return read_assessment(replace(write.row, etag="1"))


def test_an_asking_is_read_as_it_was_written_and_names_stand_elsewhere():
    spoken = NOTHING_SETTLED.spoken(NOW, ASKED)

    record = stored(spoken)

    assert record.assessment == spoken == Assessment(1, first_at=NOW, last_at=NOW, asked=(ASKED,))
    assert record.assessment.people == {WHO}
    assert with_names(spoken, {WHO: "Ana"}).asked[0].who == "Ana"


def test_each_word_is_a_new_seq_and_days_that_are_long_past_are_left_out():
    first = NOTHING_SETTLED.spoken(NOW, ASKED)
    again = first.spoken(NOW + timedelta(days=1), ASKED)

    assert (again.seq, again.first_at, again.asked) == (2, NOW, (ASKED,))
    assert again.spoken(datetime(2026, 12, 30, tzinfo=UTC)).asked == ()


def test_what_a_later_version_says_of_an_asking_is_passed_over_and_its_other_words_stay():
    row = stored(NOTHING_SETTLED.spoken(NOW, ASKED)).row
    later = {"asked": [["2026-09-20", "messaging", "messaging", WHO, "in the morning"]], "told": ["a later thing"]}
    people = {**unpack("people", row.values), **later}

    read = read_assessment(replace(row, values={**row.values, **pack("people", people)}))
    again = stored(read.assessment.spoken(NOW), read)

    assert read.assessment.asked == again.assessment.asked == (ASKED,)
    assert unpack("people", again.row.values)["told"] == ["a later thing"]


def test_an_assessment_of_before_has_nothing_of_it_and_gets_nothing_of_it():
    row = stored(Assessment(1, first_at=NOW)).row
    assert not {"asked", "last_at"} & set(unpack("people", row.values))

    assert read_assessment(row).assessment == Assessment(1, settled_seq=0, first_at=NOW)


async def test_the_line_of_a_private_post_says_when_and_where_and_not_who():
    world = World()
    await world.arrive(post())
    change = replace(await world.change(), assessment=NOTHING_SETTLED.spoken(NOW, ASKED))
    private = replace(change, post={**change.post, "tags": ["Data privacy"]}, _read=None)

    for each in (change, private):
        line = Line("MC1200001", (people_part(each),))
        assert (line.asked, line.seq, line.last_word) == ((AskedDay(ASKED.day, "messaging"),), 1, NOW)
        assert WHO not in str(people_part(each))


def test_how_it_went_is_read_as_it_was_written_and_the_newest_word_stands():
    first = RolloutOutcome("some", "Tell them ahead", NOW)
    later = RolloutOutcome("much", "", NOW + timedelta(hours=1))
    spoken = NOTHING_SETTLED.spoken(later.at, outcome=later).spoken(NOW, outcome=first)

    record = stored(spoken)

    assert (record.assessment, record.assessment.outcome) == (spoken, later)
    assert stored(spoken.spoken(NOW, ASKED), record).assessment.outcome == later, "another word leaves it"
    assert "outcome" not in unpack("people", stored(NOTHING_SETTLED.spoken(NOW)).row.values)


def test_the_act_of_it_is_read_as_it_was_written():
    act = Act(0, NOW, WHO, "page", (), "outcome", "messaging", "", "some", "Tell them ahead", "f" * 32, "Two macros")

    write = insert_act("MC1200001", act)

    assert read_act(write.row) == act
    assert (kind_of(write.row.key), audit_of("MC1200001", act).details["broke"]) == ("note", "Two macros")
    assert "broke" not in insert_act("MC1200001", replace(act, broke="")).row.values
