from shared.core.classify.classifier import classify
from shared.core.posts.classification import Classification
from tests.core.classify.posts import a_post, when


def test_a_rollout_is_read_whole() -> None:
    said = classify(
        a_post(
            when(
                "Targeted Release: We will begin rolling out early May 2026 and expect to complete by mid-May 2026.",
                "General Availability (Worldwide, GCC): We will begin rolling out late May 2026 (previously mid-May) "
                "and expect to complete by early June 2026.",
            )
        )
    ).to_label()

    assert said["status"] == "scheduled"
    assert said["rollouts"] == [
        {
            "phase": "targeted",
            "clouds": ["worldwide"],
            "start": ["2026-05-01", "2026-05-10"],
            "end": ["2026-05-11", "2026-05-20"],
        },
        {
            "phase": "ga",
            "clouds": ["worldwide", "gcc"],
            "start": ["2026-05-21", "2026-05-31"],
            "end": ["2026-06-01", "2026-06-10"],
        },
    ]


def test_a_cancelled_plan_has_no_windows() -> None:
    body = "<p>Updated April 2, 2026: We have decided not to proceed with this change.</p>" + when(
        "Worldwide: late May 2026."
    )
    said = classify(a_post(body))

    assert (said.status, said.windows) == ("cancelled", ())
    assert "not to proceed" in said.why["status"].words


def test_nothing_said_gives_the_neutral_values() -> None:
    said = classify(a_post(title="", tags=[]))

    assert said == Classification(id="MC9000001", why=said.why)
    assert [why.confidence for why in said.why.values()] == [0.0]
