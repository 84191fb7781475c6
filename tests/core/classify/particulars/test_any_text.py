"""`read_particulars` swallows faults, so that one post never holds up others; its readers are to have none."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.core.classify.document import read_document
from shared.core.classify.particulars.audience import read_audience
from shared.core.classify.particulars.compliance import read_compliance
from shared.core.classify.particulars.links import read_links
from tests.core.classify.posts import a_post

PIECES = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<li>",
            "<td>",
            "<tr>",
            "<table>",
            "</table>",
            "<a href=",
            '"https://contoso.com"',
            ">",
            "</a>",
            "<",
        ),
        *(
            "Who is affected:",
            "Compliance considerations:",
            "admins",
            "users",
            "who",
            "with",
            "All",
            "tenants",
            ".",
            ":",
            ",",
        ),
        *(
            "Microsoft 365 Copilot",
            "license",
            "requires a",
            "licensed",
            "E3",
            "or",
            "E5",
            "applies to",
            "Windows",
            "iOS",
        ),
        *("Does it use AI?", "Yes", "No", "but", "version 2402 or later", "|", "[", "]", "\x00", "&#0;", "ß"),
    ]
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    body=st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=60).map(" ".join)),
    title=st.lists(PIECES, max_size=8).map(" ".join),
    kind=st.sampled_from(["html", "text"]),
    value=st.text(max_size=40),
)
def test_any_text_is_read_without_a_fault(body: str, title: str, kind: str, value: str) -> None:
    details = [{"name": name, "value": value} for name in ("Platforms", "BlogLink")]
    post = a_post(body={"contentType": kind, "content": body}, title=title, details=details)
    document = read_document(post)

    assert all(entry.name and entry.words for entry in read_audience(post, document))
    assert all(row.question and row.answer for row in read_compliance(document))
    assert all(link.text and link.address.startswith("http") for link in read_links(post))
