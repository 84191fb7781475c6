import pytest

from shared.core.classify.document import read_document
from shared.core.classify.particulars.compliance import MOST_ROWS, read_compliance
from tests.core.classify.posts import a_post


def rows(section: str) -> list[tuple[str, str, str]]:
    body = f"<p>We will add pins.</p><p>[Compliance considerations:]</p>{section}"
    return [(row.topic, row.question, row.answer) for row in read_compliance(read_document(a_post(body)))]


def table(*lines: tuple[str, ...]) -> str:
    cells = ("".join(f"<td>{cell}</td>" for cell in line) for line in lines)
    return "<table>" + "".join(f"<tr>{line}</tr>" for line in cells) + "</table>"


def test_a_row_that_is_answered_is_read_with_its_topic() -> None:
    section = table(
        ("Question", "Explanation"), ("Does it keep new data of customers in storage?", "Pins stay for a year.")
    )

    assert rows(section) == [
        ("data_location", "Does it keep new data of customers in storage?", "Pins stay for a year.")
    ]


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Does the change bring generative AI to pins?", "ai"),
        ("Modifies AI/ML capabilities", "ai"),
        ("Does the change alter how pins are processed, stored, or accessed?", "data_processing"),
        ("Stores new customer data", "data_location"),
        ("Data residency", "data_location"),
        ("Can people export their personal data?", "data_rights"),
        ("Does it change DLP policies?", "protection"),
        ("Retention and holds", "protection"),
        ("Does it alter how admins monitor or report (e.g. Purview)?", "reporting"),
        ("Does it include an admin control?", "admin_control"),
        ("Allows users to turn it off", "user_control"),
        ("New communication between organizations", "communication"),
        ("Adds an integration of a third-party product", "third_party"),
        ("Accessibility of the page", "accessibility"),
        ("Is something else to be said?", "other"),
    ],
)
def test_a_question_has_the_topic_that_it_asks_about(question: str, topic: str) -> None:
    assert [row[0] for row in rows(table((question, "Yes. Look at it.")))] == [topic]


@pytest.mark.parametrize(
    "answer",
    [
        "No",
        "No.",
        "None",
        "N/A",
        "Not applicable",
        "No. Pins stay where they are.",
        "No – nothing is kept.",
        "No change to what is kept.",
        "There is no impact on pins.",
        "This change does not keep anything new.",
        "Users cannot turn it off.",
        "Existing pins remain unchanged.",
    ],
)
def test_a_row_that_is_answered_no_is_left_out(answer: str) -> None:
    assert rows(table(("Does it store new data?", answer))) == []


@pytest.mark.parametrize(
    "answer",
    [
        "Yes, see below",
        "Maybe",
        "No, but copies of pins are kept for a day.",
        "No. However, admins can keep copies.",
        "No new store is used, although pins are cached.",
        "Pages no longer keep their pins.",
        "Users will no longer reach old pins.",
        "Notes are kept in the tenant.",
    ],
)
def test_an_answer_that_says_something_is_kept_as_it_is(answer: str) -> None:
    assert [row[2] for row in rows(table(("Does it store new data?", answer)))] == [answer]


def test_an_answer_and_its_explanation_in_two_columns_are_one_answer() -> None:
    section = table(
        ("Question", "Answer", "Explanation"),
        ("Does it store new data?", "Yes", "Pins are kept."),
        ("Does it use AI?", "No", "It only sorts."),
    )

    assert rows(section) == [("data_location", "Does it store new data?", "Yes. Pins are kept.")]


def test_an_area_before_the_question_is_not_the_question() -> None:
    assert rows(table(("1", "Does it use AI?", "Yes, to sort pins"))) == [
        ("ai", "Does it use AI?", "Yes, to sort pins")
    ]


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("Does it use AI? Yes – to sort pins", ("ai", "Does it use AI?", "Yes – to sort pins")),
        ("Does it use AI? - Yes. It sorts.", ("ai", "Does it use AI?", "Yes. It sorts.")),
        ("Introduces AI capabilities: Yes - it sorts", ("ai", "Introduces AI capabilities", "Yes - it sorts")),
        ("Introduces AI capabilities Maybe", ("ai", "Introduces AI capabilities", "Maybe")),
        ("Admin control: a policy hides pins", ("admin_control", "Admin control", "a policy hides pins")),
    ],
)
def test_a_list_in_place_of_the_table_is_read(line: str, row: tuple[str, str, str]) -> None:
    assert rows(f"<ul><li>{line}</li></ul>") == [row]


def test_an_answer_below_its_question_belongs_to_it() -> None:
    assert rows("<p>Does it use AI?</p><p>Yes, to sort pins.</p>") == [("ai", "Does it use AI?", "Yes, to sort pins.")]


@pytest.mark.parametrize(
    "section",
    [
        "<p>No compliance considerations identified, review as your organization needs.</p>",
        "<p>Does it use AI?</p><p>Learn more about pins.</p>",
        "<ul><li>Does it use AI? No.</li></ul>",
        "<p>Learn about storage: pins and where they are</p>",
        "<p>Pins are kept. Look at your own rules.</p>",
        "<table><tr><td>Compliance Area</td><td>Impact and explanation</td></tr></table>",
        "<table><tr><td>Does it use AI?</td></tr></table>",
        "",
    ],
)
def test_a_section_that_answers_nothing_has_no_rows(section: str) -> None:
    assert rows(section) == []


def test_a_table_elsewhere_is_not_the_compliance_table() -> None:
    body = "<p>[When this will happen:]</p>" + table(("Does it use AI?", "Yes"))

    assert read_compliance(read_document(a_post(body))) == ()


def test_a_row_that_stands_there_twice_is_read_once() -> None:
    assert len(rows(table(("Does it use AI?", "Yes"), ("Does it use AI?", "Yes")))) == 1


def test_a_monstrous_table_is_read_up_to_a_limit() -> None:
    assert len(rows(table(*((f"Does part {number} use AI?", "Yes") for number in range(90))))) == MOST_ROWS
