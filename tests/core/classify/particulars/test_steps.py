"""What a post asks to be done, and what it says that asks for nothing."""

import pytest

from tests.core.classify.particulars.parts import INTRO, items, prepare, read


def texts(body: str) -> list[str]:
    return [step.text for step in read(body).steps]


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("Move your pages to the new library.", "Move your pages to the new library"),
        ("Please renew the certificate of your page server.", "Renew the certificate of your page server"),
        ("We recommend that you export all drafts.", "Export all drafts"),
        ("We strongly recommend exporting drafts and archiving pages.", "Export drafts and archive pages"),
        ("You must grant the app access to Pages.", "Grant the app access to Pages"),
        ("Admins should review their page templates.", "Review your page templates"),
        ("Pages administrators need to assign the new role.", "Assign the new role"),
        ("1. Rebuild the index.", "Rebuild the index"),
        ("Step 2: Verify that search finds it.", "Verify that search finds it"),
        ("However, you should pin the old page.", "Pin the old page"),
        ("If you use drafts, please export them.", "If you use drafts, export them"),
        ("To keep your drafts, move them.", "To keep your drafts, move them"),
        ("Proactively inform the teams that own drafts.", "Proactively inform the teams that own drafts"),
        ("Scripts that read drafts must be updated.", "Scripts that read drafts must be updated"),
        ("Page owners must approve each draft.", "Page owners must approve each draft"),
        ("Update your help desk guide on drafts.", "Update your help desk guide on drafts"),
        ("MOVE all drafts.", "MOVE all drafts"),
        ("Tell owners: Let them know that pages will move.", "Tell owners: Let them know that pages will move"),
        ("To stay until March 15, 2027, pin the page.", "To stay until March 15, 2027, pin the page"),
        ("Be sure to pin the page. See Contoso Support.", "Pin the page"),
        ("Review and update internal documentation on drafts.", "Review and update internal documentation on drafts"),
        ("We advise admins to conduct a test of drafts.", "Conduct a test of drafts"),
        ("We recommend using drafts to ensure pages stay.", "Use drafts to ensure pages stay"),
        ("You will likely need to push the new shelf.", "Push the new shelf"),
        ("Update your page tools, as needed.", "Update your page tools, as needed"),
        (
            "If you use Notes 11, version 2 pages, we recommend you apply the fix.",
            "If you use Notes 11, version 2 pages, apply the fix",
        ),
        ("Do not remove the shelf of drafts.", "Do not remove the shelf of drafts"),
        ("Admins should not move drafts during the test.", "Do not move drafts during the test"),
        ("We recommend not opening drafts at night.", "We recommend not opening drafts at night"),
        ("If your pages are red, you can use a blue shelf.", "If your pages are red, you can use a blue shelf"),
        ("Ask page owners to review their drafts.", "Ask page owners to review their drafts"),
        ("Control which owners move drafts.", "Control which owners move drafts"),
        ("Improve shelves by removing old drafts.", "Improve shelves by removing old drafts"),
    ],
)  # fmt: skip
def test_a_sentence_becomes_an_instruction(sentence: str, text: str) -> None:
    assert texts(prepare(sentence)) == [text]


@pytest.mark.parametrize(
    "sentence",
    [
        "This rollout will happen automatically.",
        "Review your current configuration to determine the impact on your organization.",
        "You may want to notify your users about this change and update your relevant documentation.",
        "Learn more: Manage pages.",
        "Review the documentation on pages.",
        "Please share your feedback with us.",
        "If you have questions, please contact Contoso support.",
        "Users can pin a page.",
        "Managing pages requires a role.",
        "Review of pages is faster now.",
        "Do you need to move pages?",
        "Plan 2 is needed for pages.",
        "Communicate as appropriate with your users.",
        "Please plan accordingly.",
        "Move pages | Microsoft Learn",
        "Set-NotesPage",
        "Users do not need to install anything.",
        "Please take this short survey.",
        "Don't move: The page stays where it is.",
        "Do not worry about pages.",
        "If you have questions, you can open the page of answers.",
        "Ask Copilot to sum up a page.",
        "Take these steps if you are not sure whether your pages are good ones.",
        "Improve the look of pages.",
        "Search and Notes of drafts",
        "Assign pages in one place: Owners will be able to assign them there.",
    ],
)
def test_a_formula_is_no_step(sentence: str) -> None:
    assert texts(prepare(sentence)) == []


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        ("Move your pages before May 15, 2026.", "2026-05-14"),
        ("Move your pages by the end of May 2026.", "2026-05-31"),
        ("Move your pages no later than May 2026.", "2026-05-01"),
        ("Move your pages to the layout that begins to roll out on June 1, 2026.", None),
        ("Move your pages.", None),
    ],
)
def test_a_step_has_the_day_by_which_it_is_asked_for(sentence: str, day: str | None) -> None:
    assert [step.day and step.day.isoformat() for step in read(prepare(sentence)).steps] == [day]


def test_items_have_the_day_of_their_lead() -> None:
    body = prepare(items("Move pages.", "Rename drafts by May 2, 2026.", lead="Before May 15, 2026, do the following:"))

    assert [(step.text, str(step.day)) for step in read(body).steps] == [
        ("Move pages", "2026-05-14"),
        ("Rename drafts by May 2, 2026", "2026-05-02"),
    ]


@pytest.mark.parametrize(
    "lead",
    ["Admins should:", "To prepare:", "We recommend the following:", "You may want to:", "To keep drafts alive:"],
)
def test_a_list_of_things_to_do(lead: str) -> None:
    assert texts(prepare(items("Export drafts.", "Delete pages.", lead=lead))) == ["Export drafts", "Delete pages"]


@pytest.mark.parametrize(
    "lead",
    ["Learn more:", "Users will see:", "To send a page to somebody:", "The following limitations apply:", "Resources:"],
)
def test_a_list_of_something_else(lead: str) -> None:
    assert texts(prepare(items("Export drafts.", "Delete pages.", lead=lead))) == []


def test_a_step_goes_on_in_the_items_below_it() -> None:
    body = prepare(items("Tell these teams, and communicate the change to:", "Legal", "Sales", "Move drafts."))

    assert texts(body) == ["Tell these teams, and communicate the change to Legal; Sales", "Move drafts"]


def test_a_step_that_nothing_completes_is_none() -> None:
    assert texts(prepare("Communicate the change to:")) == []


@pytest.mark.parametrize(
    "said",
    [
        "No action is required.",
        "No admin action is needed before the rollout.",
        "This message is for awareness.",
        "You do not need to do anything.",
    ],
)
def test_where_nothing_is_needed_only_demands_are_steps(said: str) -> None:
    told = items("Inform your users about layouts.", "Update your documentation on pages.", lead="You may wish to:")

    assert texts(prepare(f"<p>{said}</p>{told}")) == []
    assert texts(prepare(f"{said} However, you must export your drafts.")) == ["Export your drafts"]


@pytest.mark.parametrize(
    "said",
    [
        "If you have no drafts, no action is required.",
        "No immediate action is required.",
        "No user action is required.",
    ],
)
def test_where_something_is_left_to_do_it_is_a_step(said: str) -> None:
    assert texts(prepare(f"{said} Export your drafts.")) == ["Export your drafts"]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("Organizations must migrate drafts by May 15, 2026.", ["Migrate drafts by May 15, 2026"]),
        ("Please install the page server again.", ["Install the page server again"]),
        ("Today, admins must approve every page.", []),
        ("Admins must be owners.", []),
        ("Users must sign in to see pages.", []),
        (
            "Admins who copied a shelf should replace it if it is used to keep drafts.",
            ["Admins who copied a shelf should replace it if it is used to keep drafts"],
        ),
        ("Admins who used to lend pages should replace them.", []),
    ],
)
def test_demands_outside_of_the_prepare_section(line: str, text: list[str]) -> None:
    assert texts(f"<p>{line}</p>{INTRO}") == text


def test_what_is_not_to_be_done_during_a_maintenance_has_its_day() -> None:
    body = (
        "<p>The shelf will be repaired.</p><p>Starting: Saturday, June 6, 2026, 4 PM PT</p>"
        "<p>You should not plan to move pages during the maintenance window. We recommend not opening drafts.</p>"
    )

    assert [(step.text, str(step.day)) for step in read(body + INTRO).steps] == [
        ("Do not plan to move pages during the maintenance window", "2026-06-06"),
        ("We recommend not opening drafts", "None"),
    ]


def test_what_is_asked_for_twice_is_one_step() -> None:
    body = f"<p>You must migrate all drafts to the library.</p>{prepare('Migrate your drafts to the new library.')}"

    assert texts(body) == ["Migrate your drafts to the new library"]


def test_of_a_cancelled_plan_only_the_banner_asks() -> None:
    banner = "<p>Updated March 2, 2026: We will not proceed with this change. You must remove the new layout.</p>"

    assert texts(banner + prepare("Export your drafts.")) == ["Remove the new layout"]


def test_there_is_an_end_to_steps() -> None:
    body = prepare(items(*(f"Move page number {number} away." for number in range(60))))

    assert len(read(body).steps) == 25


def nested(lead: str, *points: str) -> str:
    return f"<li>{lead}<ul>{''.join(f'<li>{point}</li>' for point in points)}</ul></li>"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            nested("Check these versions:", "Notes 4.2 or later", "Pages 7 or later") + "<li>Move drafts.</li>",
            ["Check these versions: Notes 4.2 or later; Pages 7 or later", "Move drafts"],
        ),
        (
            nested("Use separate shelves for pages:", "Pages are larger than drafts.", "Drafts may not fit."),
            ["Use separate shelves for pages"],
        ),
        (
            nested("Turn off the shelf:", "Go to Notes > Shelves.", "Under Pages, select Off."),
            ["Turn off the shelf: go to Notes > Shelves; under Pages, select Off"],
        ),
        (
            nested("Allow one of:", "Any listed shelf, or", "All shelves."),
            ["Allow one of any listed shelf; all shelves"],
        ),
        (
            nested("Tell owners about:", "How shelves work", "Move and sort of pages", "Search and Pin changes"),
            ["Tell owners about how shelves work; move and sort of pages; search and Pin changes"],
        ),
        (
            nested("Tell owners that shelves can be found in:", "Build 2 of Notes", "Pages > Shelves"),
            ["Tell owners that shelves can be found in: Build 2 of Notes; Pages > Shelves"],
        ),
        (
            nested("Add a shelf:", "Mark it for its owner.", "Select <b>Turn on</b>"),
            ["Add a shelf: mark it for its owner; select Turn on"],
        ),
    ],
)  # fmt: skip
def test_points_belong_to_the_step_above_them(body: str, expected: list[str]) -> None:
    assert texts(prepare(f"<ul>{body}</ul>")) == expected


@pytest.mark.parametrize(
    ("lead", "condition"),
    [
        ("If you are in Oslo, Rome, or Bern:", "If you are in Oslo, Rome, or Bern: "),
        ("If you plan to use shelves, you may want to:", "If you plan to use shelves: "),
        ("If you use shelves, move the following:", ""),
        ("For tenants with shelves:", "For tenants with shelves: "),
        ("If helpful:", ""),
        ("To prepare:", ""),
    ],
)  # fmt: skip
def test_a_condition_above_steps_stays_with_them(lead: str, condition: str) -> None:
    body = f"<ul>{nested(lead, 'Export drafts.')}<li>Rename pages.</li></ul>"

    assert [text for text in texts(prepare(body)) if "xport" in text or "Rename" in text] == [
        f"{condition}{'export' if condition else 'Export'} drafts" if "move" not in lead else texts(prepare(body))[0],
        "Rename pages",
    ]


def test_a_condition_without_a_list_within_is_not_spread_over_what_follows() -> None:
    body = prepare("<ul><li>If you use shelves:</li><li>Export drafts.</li><li>Rename pages.</li></ul>")

    assert texts(body) == ["Export drafts", "Rename pages"]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Review shelf rules if you lend pages.", ["Review shelf rules if you lend pages"]),
        ("Admins may optionally set a shelf limit in Notes > Shelves.", ["Set a shelf limit in Notes > Shelves"]),
        ("Review internal guidance before publishing a shelf.", ["Review internal guidance before publishing a shelf"]),
        ("Consider notifying your users about shelves.", []),
        ("Review your current shelf configuration.", []),
        ("Reassure users that pages stay.", []),
        ("Encourage owners to review drafts.", ["Encourage owners to review drafts"]),
        ("Encourage owners to like drafts.", []),
        ("Review how page permissions are set.", ["Review how page permissions are set"]),
        ("Review how drafts look.", []),
    ],
)
def test_where_nothing_is_needed_what_may_be_done_is_still_a_step(sentence: str, expected: list[str]) -> None:
    assert texts(prepare(items("No action is required.", sentence))) == expected


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("If you ship them you can now fetch the update.", None),
        ("If you ship them you can now download the update.", "If you ship them, download the update"),
        ("To use this, enable shelves in Notes > Shelves.", "To use this, enable shelves in Notes > Shelves"),
        ("If you lend pages, as described, and restrict shelves, you will be asked.", None),
        ("To send a page, select its shelf.", None),
        ("Before the move, test mode will be turned off.", None),
        ("IT admins who fetched pages before 10:00 PM on May 2, 2026, should re-deploy them.",
         "IT admins who fetched pages before 10:00 PM on May 2, 2026, should re-deploy them"),
    ],
)  # fmt: skip
def test_orders_outside_of_the_prepare_section(sentence: str, text: str | None) -> None:
    assert texts(f"<p>{sentence}</p>{INTRO}") == ([text] if text else [])


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Create a rule for Contoso in the Microsoft shelf.", ["Create a rule for Contoso in the Microsoft shelf"]),
        ("Create a support ticket.", []),
        ("Review shelf rules to understand any potential impact.", []),
        ("To view shelves, ensure they are shared.", ["To view shelves, ensure they are shared"]),
        ("To view shelves, see the gallery.", []),
        ("Owners should also review the shelf.", ["Owners should also review the shelf"]),
        ("On the contrary, please use the shelf key guide.", ["Use the shelf key guide"]),
        ("Admins will need to follow the steps in this guide to allow shelves.",
         ["Follow the steps in this guide to allow shelves"]),
        ("Follow the steps in this guide.", []),
        ("Customers may upgrade at their discretion.", []),
    ],
)  # fmt: skip
def test_what_looks_like_a_formula_and_is_a_step(sentence: str, expected: list[str]) -> None:
    assert texts(prepare(sentence)) == expected


def test_what_closes_gives_a_step_its_last_known_day() -> None:
    ask = "Send a letter to the shelf team. Slots are few and will close on"
    body = f"<p>{ask} May 15, 2026.</p>{prepare(items(f'{ask} April 30, 2026.', 'Move drafts.'))}"

    assert [(step.text, str(step.day)) for step in read(body).steps] == [
        ("Send a letter to the shelf team", "2026-05-15"),
        ("Move drafts", "None"),
    ]


def test_what_is_asked_for_twice_in_the_prepare_section_is_one_step() -> None:
    twice = (
        "Use separate shelves for drafts, pages, letters and pictures.",
        "Consider using separate shelves for drafts, pages and letters.",
    )

    assert len(texts(prepare(items(*twice)))) == 1
    assert (
        len(texts(prepare(items("Enable drafts: Shelves > Colour settings", "Enable pages: Shelves > Size settings"))))
        == 2
    )
