"""The sandbox's Graph over real HTTP: the feed as it was at a moment, paging, tokens, and faults."""

import gzip
import json
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from azure.core.credentials_async import AsyncTokenCredential
from hypothesis import given
from hypothesis import strategies as st

from sandbox.errors import SandboxError
from sandbox.microsoft365.credential import SandboxCredential, read_token, token_for
from sandbox.microsoft365.faults import Faults
from sandbox.microsoft365.feed import Feed, sources
from sandbox.microsoft365.graph import COUNTS, graph_app
from sandbox.microsoft365.planner import Planner, plan_id
from sandbox.microsoft365.serving import serve

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
START = datetime(2026, 9, 1, 8, tzinfo=UTC)
MESSAGES = "/v1.0/admin/serviceAnnouncement/messages"


def post(number, title="A setting moves", days=0, **named):
    day = START - timedelta(days=days)
    return {
        "startDateTime": f"{day:%Y-%m-%dT%H:%M:%SZ}",
        "endDateTime": "2027-01-31T08:00:00Z",
        "lastModifiedDateTime": f"{day:%Y-%m-%dT%H:%M:%S}.120Z",
        "title": title,
        "id": f"MC{number}",
        "category": "planForChange",
        "severity": "normal",
        "tags": ["Admin impact"],
        "isMajorChange": False,
        "actionRequiredByDateTime": None,
        "services": ["Exchange Online"],
        "details": [],
        "body": {"contentType": "html", "content": "<p>We move it.</p>"},
    } | named


def line(hours, what, tenants=("contoso", "fabrikam"), **named):
    observed = f"{START + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"
    key = {"post": what} if isinstance(what, dict) else {"gone": what}
    return {"observed": observed, "tenants": list(tenants)} | key | named


def write(path, lines):
    text = "".join(json.dumps(entry) + "\n" for entry in lines)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def titles(feed, tenant, hours=0.0):
    return [found["title"] for found in feed.posts(tenant, START + timedelta(hours=hours))]


@pytest.fixture
def story(tmp_path):
    lines = [
        line(0, post(1000001, "One")),
        line(0, post(1000002, "Two", days=3)),
        line(5, post(1000001, "One, edited"), ["fabrikam"]),
        line(9, "MC1000002", ["contoso"]),
        line(12, post(1000003, "Three"), ["fabrikam"]),
    ]
    return write(tmp_path / "story.jsonl", lines)


# The feed


def test_a_tenant_sees_what_it_had_seen_by_then_newest_post_first(story):
    feed = Feed.from_file(story)
    assert feed.tenants == ("contoso", "fabrikam")
    assert titles(feed, "contoso", -1) == []
    assert titles(feed, "contoso") == ["One", "Two"]
    assert titles(feed, "fabrikam", 6) == ["One, edited", "Two"]
    assert titles(feed, "contoso", 10) == ["One"]
    assert titles(feed, "fabrikam", 13) == ["Three", "One, edited", "Two"]


def test_a_look_back_shows_the_past_again(story):
    feed = Feed.from_file(story)
    assert titles(feed, "contoso", 10) == ["One"]
    assert titles(feed, "contoso", 1) == ["One", "Two"]


def test_asking_again_while_nothing_changed_costs_nothing(story):
    feed = Feed.from_file(story)
    assert feed.posts("contoso", START) is feed.posts("contoso", START + timedelta(hours=4))


def test_one_post_is_found_as_it_stood_and_not_when_it_is_gone(story):
    feed = Feed.from_file(story)
    assert feed.post("fabrikam", "MC1000001", START + timedelta(hours=6))["title"] == "One, edited"
    assert feed.post("contoso", "MC1000002", START + timedelta(hours=9)) is None
    assert feed.post("contoso", "MC9", START) is None


def test_other_names_take_the_posts_of_the_named_tenants_in_turn(story):
    feed = Feed.from_file(story, ["north", "south", "west"])
    assert titles(feed, "north", 13) == ["One"]
    assert titles(feed, "south", 13) == ["Three", "One, edited", "Two"]
    assert titles(feed, "west", 13) == titles(feed, "north", 13)


def test_a_tenant_that_the_file_names_keeps_its_own_posts():
    assert sources(["a", "b"], ["b", "x", "y"]) == {"b": "b", "x": "a", "y": "a"}
    assert sources(["a", "b"], ["x"]) == {"x": "a"}
    assert sources([], ["x"]) == {}


def test_a_plain_file_is_there_from_the_beginning_for_everybody(tmp_path):
    feed = Feed.from_file(write(tmp_path / "posts.jsonl.gz", [post(1000001, "One"), post(1000002, "Two")]), ["a", "b"])
    assert titles(feed, "a", -10_000) == titles(feed, "b") == ["Two", "One"]


def test_a_mirror_that_comes_late_with_an_older_edition_changes_nothing(tmp_path):
    lines = [
        {"observed": "2026-09-01T10:00:00+02:00", "raw": True, "post": post(1000001, "Newer", days=1)},
        {"observed": "2026-09-01T09:30:00Z", "raw": False, "post": post(1000001, "Older", days=2)},
    ]
    feed = Feed.from_file(write(tmp_path / "mirror.jsonl", lines), ["a"])
    assert titles(feed, "a", 0) == titles(feed, "a", 2) == ["Newer"]


def test_edits_publications_and_withdrawals_count_from_their_moment_on(story):
    feed = Feed.from_file(story)
    later = START + timedelta(hours=20)
    feed.edit(None, "MC1000001", {"title": "One, by hand"}, later)
    feed.edit("contoso", "MC1000001", {"title": "One, for contoso"}, later + timedelta(hours=1))
    feed.withdraw("fabrikam", "MC1000003", later)
    feed.publish("contoso", post(1000004, "Four", days=-1), later)
    assert titles(feed, "contoso", 19) == ["One"]
    assert titles(feed, "contoso", 20) == ["Four", "One, by hand"]
    assert titles(feed, "contoso", 21) == ["Four", "One, for contoso"]
    assert titles(feed, "fabrikam", 21) == ["One, by hand", "Two"]
    with pytest.raises(KeyError):
        feed.edit("contoso", "MC1000002", {}, later)


def test_a_person_has_read_nothing_where_an_application_asks(tmp_path):
    given = post(1000001) | {"viewPoint": {"isRead": True}}
    feed = Feed.from_file(write(tmp_path / "posts.jsonl", [given]), ["a"])
    assert feed.posts("a", START)[0]["viewPoint"] is None


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("{", "is no JSON"),
        ("[1]", "is no post but a number"),
        ('{"observed": "2026-09-01T00:00:00Z", "post": {}}', "the post has no `id`"),
        ('{"observed": "yesterday", "gone": "MC1"}', "`observed` is no time between 1990 and 2100: 'yesterday'"),
        ('{"observed": "2026-09-01T00:00:00Z"}', "expected `post`"),
        ('{"observed": "2026-09-01T00:00:00Z", "gone": 7}', "`gone` must be the id of a post"),
        ('{"observed": "2026-09-01T00:00:00Z", "tenants": "contoso", "gone": "MC1"}', "`tenants` must be a list"),
        ('{"id": "MC1"}', "'MC1' is no Message Center id"),
    ],
)
def test_a_bad_line_is_named_with_file_and_number(tmp_path, bad, said):
    path = tmp_path / "bad.jsonl"
    path.write_text(json.dumps(post(1000001)) + "\n\n" + bad + "\n", encoding="utf-8")
    with pytest.raises(SandboxError) as caught:
        Feed.from_file(path)
    assert f"{path}:3" in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("times", "served"),
    [
        ({}, ("2000-01-01T00:00:00Z", "2000-01-01T00:00:00Z")),
        ({"startDateTime": "2026-09-01T00:00:00Z"}, ("2026-09-01T00:00:00Z", "2026-09-01T00:00:00Z")),
        ({"lastModifiedDateTime": "2026-09-02T00:00:00Z"}, ("2026-09-02T00:00:00Z", "2026-09-02T00:00:00Z")),
        ({"startDateTime": "0001-01-01", "lastModifiedDateTime": 5}, ("2000-01-01T00:00:00Z", "2000-01-01T00:00:00Z")),
    ],
)
def test_graph_sends_both_times_so_what_a_file_lacks_is_made_up(tmp_path, times, served):
    feed = Feed.from_file(write(tmp_path / "posts.jsonl", [{"id": "mc1000001", **times}]), ["a"])

    (shown,) = feed.posts("a", START)
    assert (shown["id"], shown["startDateTime"], shown["lastModifiedDateTime"]) == ("MC1000001", *served)


def test_a_file_that_cannot_be_read_says_so(tmp_path):
    with pytest.raises(SandboxError, match="cannot be read"):
        Feed.from_file(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(SandboxError, match="is empty: there is no post in it"):
        Feed.from_file(tmp_path / "empty.jsonl")
    (tmp_path / "torn.jsonl.gz").write_bytes(gzip.compress(b"x" * 10_000)[:-20])
    with pytest.raises(SandboxError, match=r"torn\.jsonl\.gz"):
        Feed.from_file(tmp_path / "torn.jsonl.gz")
    (tmp_path / "latin.jsonl").write_bytes(b'\n{"id": "\xff"}\n')
    with pytest.raises(SandboxError, match=r"latin\.jsonl:2: is not written in UTF-8"):
        Feed.from_file(tmp_path / "latin.jsonl")


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 6), st.booleans()), max_size=30), st.integers(0, 50))
def test_any_order_of_asking_gives_what_a_fresh_feed_gives(events, hour):
    from sandbox.microsoft365.history import Line

    lines = [
        Line(START + timedelta(hours=at), ("a",), f"MC{number}", post(number, f"at {at}") if here else None)
        for at, number, here in events
    ]
    asked = Feed(lines, ["a"])
    for at in (50, 0, hour, 25):
        asked.posts("a", START + timedelta(hours=at))
    moment = START + timedelta(hours=hour)
    assert asked.posts("a", moment) == Feed(lines, ["a"]).posts("a", moment)


# Over HTTP


class World:
    """A running Graph with 250 posts in two tenants, and a client for each."""

    def __init__(self, app, url, feed, faults):
        self.app, self.url, self.feed, self.faults = app, url, feed, faults
        self.now = START
        self.client = httpx.AsyncClient(base_url=url)

    async def get(self, path, tenant="contoso", token=None, **headers):
        token = token or token_for(tenant, time.time() + 60)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.get(path, headers={"Authorization": f"Bearer {token}"} | headers)

    async def send(self, method, path, body, etag="", tenant="contoso", **headers):
        headers["Authorization"] = f"Bearer {token_for(tenant, time.time() + 60)}"
        headers |= {"If-Match": etag} if etag else {}
        return await self.client.request(method, path, json=body, headers=headers)

    async def all(self, path=MESSAGES, size=100, **named):
        """Every item by following nextLink, and the sizes of the pages."""
        items, sizes, link = [], [], path
        while link:
            page = (await self.get(link, Prefer=f"odata.maxpagesize={size}", **named)).json()
            items += page["value"]
            sizes.append(len(page["value"]))
            link = page.get("@odata.nextLink")
        return items, sizes

    def error(self, response):
        assert response.headers["request-id"] == response.json()["error"]["innerError"]["request-id"]
        return response.status_code, response.json()["error"]["code"]


@pytest.fixture
async def world(tmp_path):
    async with running(tmp_path) as found:
        yield found


@asynccontextmanager
async def running(tmp_path, tenants=("contoso", "fabrikam")):
    path = write(tmp_path / "posts.jsonl", [post(1000000 + n, days=n % 200) for n in range(250)])
    feed, faults = Feed.from_file(path, tenants), Faults()
    app = graph_app(feed, Planner(feed, START), lambda: found.now, faults)
    runner, port = await serve(app)
    found = World(app, f"http://127.0.0.1:{port}", feed, faults)
    yield found
    await found.client.aclose()
    await runner.cleanup()


async def test_messages_come_in_pages_of_a_hundred_unless_asked_otherwise(world):
    page = (await world.get(MESSAGES)).json()
    assert set(page) == {"@odata.context", "@odata.nextLink", "value"}
    assert page["@odata.nextLink"] == f"{world.url}{MESSAGES}?$skip=100"
    assert len(page["value"]) == 100
    items, sizes = await world.all()
    assert sizes == [100, 100, 50]
    assert len({item["id"] for item in items}) == 250
    assert (await world.all(size=1000))[1] == [250]
    assert (await world.all(size=125))[1] == [125, 125]


async def test_no_page_is_longer_than_a_thousand(world):
    for number in range(2_000_000, 2_000_900):
        world.feed.publish("contoso", post(number), START)
    assert (await world.all(size=5000))[1] == [1000, 150]


async def test_one_message_is_had_by_its_id(world):
    found = (await world.get(f"{MESSAGES}/MC1000007")).json()
    assert found.pop("@odata.context").endswith("/v1.0/$metadata#admin/serviceAnnouncement/messages/$entity")
    assert found == world.feed.post("contoso", "MC1000007", START)
    assert world.error(await world.get(f"{MESSAGES}/MC7")) == (404, "itemNotFound")


async def test_query_options_that_it_does_not_know_are_refused_not_ignored(world):
    for query in ("$filter=id eq 'MC1'", "$top=5", "$skip=-1", "$skip=many"):
        assert world.error(await world.get(f"{MESSAGES}?{query}")) == (400, "invalidRequest")


async def test_nobody_reads_without_a_token_of_the_sandbox(world):
    for token in ("secret", "sandbox.contoso", "sandbox..99999999999", "sandbox.unknown.99999999999"):
        response = await world.get(MESSAGES, token=token)
        assert world.error(response) == (401, "InvalidAuthenticationToken")
        assert "Bearer" in response.headers["WWW-Authenticate"]
    assert (await world.client.get(MESSAGES)).status_code == 401
    assert (await world.client.get(MESSAGES, headers={"Authorization": "Basic eDp5"})).status_code == 401


async def test_an_expired_token_is_refused_in_graphs_words(world):
    credential = SandboxCredential("contoso", lifetime=-1)
    response = await world.get(MESSAGES, token=(await credential.get_token("scope")).token)
    assert world.error(response) == (401, "InvalidAuthenticationToken")
    assert response.json()["error"]["message"] == "Lifetime validation failed, the token is expired."


async def test_the_credential_is_one_that_azures_libraries_take(world):
    async with SandboxCredential("fabrikam", lifetime=120) as credential:
        assert isinstance(credential, AsyncTokenCredential)
        begun = time.time()
        token = await credential.get_token("https://graph.microsoft.com/.default", enable_cae=True, claims=None)
        ended = time.time()
        info = await credential.get_token_info("https://graph.microsoft.com/.default", options={"enable_cae": True})
        assert (await world.get(MESSAGES, token=token.token)).status_code == 200
    assert token.token == info.token or token.expires_on < info.expires_on
    assert begun + 119 <= token.expires_on <= ended + 120
    assert read_token(token.token) == ("fabrikam", token.expires_on)
    assert credential.issued == 2


async def test_a_plan_is_read_by_its_own_tenant_only(world):
    mine, other = plan_id("contoso"), plan_id("fabrikam")
    tasks, sizes = await world.all(f"/v1.0/planner/plans/{mine}/tasks?$top=5", size=10)
    assert sizes[0] == len(tasks) > 20  # 400 a page, whatever is asked for
    assert world.error(await world.get(f"/v1.0/planner/plans/{other}/tasks")) == (403, "")
    assert world.error(await world.get("/v1.0/planner/plans/none/tasks")) == (404, "")
    task = tasks[0]["id"]
    one = (await world.get(f"/v1.0/planner/tasks/{task}")).json()
    assert {name: value for name, value in one.items() if name != "@odata.context"} == tasks[0]
    details = (await world.get(f"/v1.0/planner/tasks/{task}/details")).json()
    assert details["id"] == task
    assert details["@odata.etag"] != one["@odata.etag"]
    for path in (f"/v1.0/planner/tasks/{task}", f"/v1.0/planner/tasks/{task}/details"):
        assert world.error(await world.get(path, tenant="fabrikam")) == (403, "")
    assert world.error(await world.get("/v1.0/planner/tasks/none/details")) == (404, "")


async def test_queued_faults_are_met_in_turn_by_their_tenant_only(world):
    world.faults.answer_next("contoso", 429, {"Retry-After": "2.128"})
    world.faults.answer_next("contoso", 503, {"Retry-After": "1"})
    world.faults.answer_next("contoso", 200, body={"value": [], "@odata.nextLink": "https://elsewhere.example/"})
    world.faults.answer_next("contoso", 502, body="<html>Bad gateway</html>")
    assert (await world.get(MESSAGES, tenant="fabrikam")).status_code == 200
    throttled = await world.get(MESSAGES)
    assert world.error(throttled) == (429, "TooManyRequests")
    assert throttled.headers["Retry-After"] == "2.128"
    assert throttled.json()["error"]["innerError"]["status"] == "429"
    assert world.error(await world.get(MESSAGES)) == (503, "serviceNotAvailable")
    assert (await world.get(MESSAGES)).json()["@odata.nextLink"] == "https://elsewhere.example/"
    assert (await world.get(MESSAGES)).text == "<html>Bad gateway</html>"
    assert (await world.get(MESSAGES)).status_code == 200


async def test_every_nth_request_is_throttled_where_that_is_asked_for(world):
    world.faults.throttle_every = 3
    world.faults.retry_after = "0.5"
    statuses = [(await world.get(MESSAGES)).status_code for _ in range(6)]
    assert statuses == [200, 200, 429, 200, 200, 429]


async def test_an_empty_page_in_the_middle_loses_nothing(world):
    world.faults.empty_pages.add("contoso")
    items, sizes = await world.all()
    assert sizes == [100, 0, 100, 0, 50]
    assert len({item["id"] for item in items}) == 250
    assert (await world.all(tenant="fabrikam"))[1] == [100, 100, 50]


async def test_pages_can_be_made_shorter_than_asked(world):
    world.faults.largest_page = 60
    assert (await world.all(size=1000))[1] == [60, 60, 60, 60, 10]


async def test_a_forbidden_tenant_does_not_disturb_the_other(world):
    world.faults.forbidden.add("contoso")
    assert world.error(await world.get(MESSAGES)) == (403, "Forbidden")
    assert (await world.get(MESSAGES, tenant="fabrikam")).status_code == 200


async def test_every_request_is_counted_once(world):
    await world.get(MESSAGES)
    await world.get(MESSAGES, tenant="fabrikam")
    await world.get(f"{MESSAGES}/MC1")
    await world.get("/v1.0/users")
    await world.get(MESSAGES, token="none")
    counts = world.app[COUNTS]
    assert counts.total() == 5
    assert counts["contoso", "messages", 200] == counts["fabrikam", "messages", 200] == 1
    assert counts["contoso", "message", 404] == counts["contoso", "unknown", 404] == 1
    assert counts["", "messages", 401] == 1


async def test_the_clients_request_id_comes_back(world):
    response = await world.get(MESSAGES, client_request_id="my-id")
    assert response.headers["request-id"] == response.headers["client-request-id"] == "my-id"


async def test_what_is_edited_while_it_runs_is_read_at_the_next_request(world):
    world.now = START + timedelta(hours=1)
    world.feed.edit("contoso", "MC1000000", {"title": "Another title"}, world.now)
    assert (await world.get(f"{MESSAGES}/MC1000000")).json()["title"] == "Another title"
    assert (await world.get(f"{MESSAGES}/MC1000000", tenant="fabrikam")).json()["title"] == "A setting moves"


async def test_two_servers_do_not_share_a_port(world):
    port = int(world.url.rpartition(":")[2])
    with pytest.raises(SandboxError, match=f"port {port} is taken"):
        await serve(graph_app(world.feed, Planner(world.feed, START), lambda: START), port)


async def test_the_graph_sdk_reads_it_as_it_reads_graph(world):
    from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
    from msgraph import GraphRequestAdapter, GraphServiceClient

    credential = SandboxCredential("contoso")
    provider = AzureIdentityAuthenticationProvider(credential, scopes=["x"], allowed_hosts=["127.0.0.1"])
    adapter = GraphRequestAdapter(provider)
    adapter.base_url = f"{world.url}/v1.0"
    page = await GraphServiceClient(request_adapter=adapter).admin.service_announcement.messages.get()
    assert len(page.value) == 100
    assert page.odata_next_link == f"{world.url}{MESSAGES}?$skip=100"
    assert page.value[0].view_point is None


# Real posts


@pytest.mark.skipif(not SHARED.is_dir(), reason="the collected posts are not beside the checkout")
async def test_the_collected_posts_are_all_served_to_two_tenants():
    feed = Feed.from_file(SHARED / "messages.jsonl.gz", ["contoso", "fabrikam"])
    now = datetime(2025, 9, 30, 23, 59, tzinfo=UTC)
    assert [len(feed.posts(tenant, now)) for tenant in feed.tenants] == [2907, 2907]
    assert feed.posts("contoso", now) is feed.posts("contoso", now), "the list is not sorted for every page"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the collected posts are not beside the checkout")
async def test_the_collected_history_ends_in_the_newest_edition_of_each_post():
    feed = Feed.from_file(SHARED / "history.jsonl.gz", ["contoso"])
    newest = {}
    with gzip.open(SHARED / "history.jsonl.gz", "rt", encoding="utf-8") as file:
        for entry in map(json.loads, file):
            found = entry["post"]
            newest[found["id"]] = max(newest.get(found["id"], ""), found["lastModifiedDateTime"])
    last = feed.posts("contoso", datetime(2030, 1, 1, tzinfo=UTC))
    assert {found["id"]: found["lastModifiedDateTime"] for found in last} == newest


async def test_a_task_is_written_over_its_version_and_deleted(world):
    mine = plan_id("contoso")
    (task, *_), _ = await world.all(f"/v1.0/planner/plans/{mine}/tasks")
    path = f"/v1.0/planner/tasks/{task['id']}"
    due = {"dueDateTime": "2027-01-31T10:00:00Z"}

    assert world.error(await world.send("PATCH", path, due)) == (400, "")
    assert world.error(await world.send("PATCH", path, due, "W/'x'")) == (412, "")
    assert world.error(await world.send("PATCH", path, due, task["@odata.etag"], tenant="fabrikam")) == (403, "")
    assert (await world.send("PATCH", path, due, task["@odata.etag"])).status_code == 204
    now = (await world.get(path)).json()
    assert now["dueDateTime"] == "2027-01-31T10:00:00Z"
    due["dueDateTime"] = None
    assert world.error(await world.send("PATCH", path, due, task["@odata.etag"])) == (409, "")
    whole = await world.send("PATCH", path, due, now["@odata.etag"], Prefer="return=representation")
    assert (whole.status_code, whole.json()["dueDateTime"]) == (200, None)
    assert (await world.send("DELETE", path, None, whole.json()["@odata.etag"])).status_code == 204
    assert world.error(await world.get(path)) == (404, "")
