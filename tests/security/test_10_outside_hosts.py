"""Nothing that a policy names leads our calls to this machine, into the network, or to the cloud's own services."""

import asyncio
import ipaddress
import socket
import ssl
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from shared import settings
from shared.adapters import registry
from shared.adapters.clients.direct import is_here
from shared.adapters.clients.graph import Graph, Question
from shared.adapters.clients.http import Http
from shared.adapters.clients.proxies import Transport
from shared.adapters.clients.reach import ForbiddenAddressError, Reach
from shared.adapters.policy.file import check_text
from shared.adapters.registry import AdapterDeps
from shared.core.cards.notice import Notice
from shared.core.errors import PermanentError, TargetDownError, TransientError
from shared.core.policy.model import Tenant
from tests.adapters.clients.server import SignIn
from tests.fakes import FakeClock, FakeSecrets, FakeTables, no_token

CARD = Notice("Something is wrong", "Look", (), (), (), bad=True)


class Resolver:
    """A name that leads somewhere else each time it is asked for."""

    def __init__(self, monkeypatch, *answers):
        self.asked = []
        self._answers = list(answers)
        monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", self.resolve)

    async def resolve(self, host, port, **_):
        self.asked.append(host)
        addresses = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]


HERE = "which is this machine itself"
CLOUD = "an address of the cloud's own that is never called"
PRIVATE = "a private address"
REFUSED = {
    "127.0.0.1": HERE,
    "127.8.9.10": HERE,
    "::1": HERE,
    "::ffff:127.0.0.1": HERE,
    "64:ff9b::7f00:1": HERE,
    "::7f00:1": HERE,
    "169.254.169.254": CLOUD,
    "::ffff:169.254.169.254": CLOUD,
    "64:ff9b::a9fe:a9fe": CLOUD,
    "64:ff9b:1::a9fe:a9fe": CLOUD,
    "2002:a9fe:a9fe::1": CLOUD,
    "168.63.129.16": CLOUD,
    "fe80::1": CLOUD,
    "fd00:ec2::254": CLOUD,
    "0.0.0.0": CLOUD,
    "224.0.0.1": CLOUD,
    "ff02::1": CLOUD,
    "10.0.0.5": PRIVATE,
    "172.16.0.1": PRIVATE,
    "192.168.1.1": PRIVATE,
    "100.64.0.1": PRIVATE,
    "192.0.2.1": PRIVATE,
    "255.255.255.255": PRIVATE,
    "fd12:3456::1": PRIVATE,
    "::ffff:10.0.0.5": PRIVATE,
    "64:ff9b::a00:5": PRIVATE,
    "2002:a00:5::1": PRIVATE,
    "::": PRIVATE,
}


@pytest.mark.parametrize("address", REFUSED)
def test_these_addresses_are_refused(address):
    with pytest.raises(ForbiddenAddressError, match=REFUSED[address]):
        Reach().look_at("crb.example", [ipaddress.ip_address(address)])


@pytest.mark.parametrize("address", ["20.50.2.1", "2603:1030::1", "::ffff:20.50.2.1", "64:ff9b::1432:201"])
def test_public_addresses_are_called(address):
    Reach().look_at("crb.example", [ipaddress.ip_address(address)])


def test_one_bad_address_among_good_ones_is_enough():
    addresses = [ipaddress.ip_address(each) for each in ("20.50.2.1", "10.0.0.5")]

    with pytest.raises(ForbiddenAddressError, match=r"crb\.example leads to 10\.0\.0\.5"):
        Reach().look_at("crb.example", addresses)


@pytest.mark.parametrize(
    ("setting", "host", "address", "called"),
    [
        ("redmine.contoso.local", "Redmine.Contoso.Local.", "10.0.0.5", True),
        ("redmine.contoso.local", "other.contoso.local", "10.0.0.5", False),
        ("10.0.0.0/24", "anything.example", "10.0.0.5", True),
        ("10.0.0.0/24", "anything.example", "10.0.1.5", False),
        ("10.0.0.5", "anything.example", "::ffff:10.0.0.5", True),
        ("a.example, fd12:3456::/32", "b.example", "fd12:3456::1", True),
        ("nonsense//, 10.0.0.0/8", "b.example", "10.9.9.9", True),
        ("evil.example 169.254.0.0/16 0.0.0.0/0 ::/0", "evil.example", "169.254.169.254", False),
        ("0.0.0.0/0", "evil.example", "127.0.0.1", False),
        ("0.0.0.0/0", "evil.example", "168.63.129.16", False),
    ],
)
def test_an_admin_opens_private_ones_by_an_app_setting_and_never_the_clouds_own(setting, host, address, called):
    reach = Reach.of(setting)
    if called:
        reach.look_at(host, [ipaddress.ip_address(address)])
    else:
        with pytest.raises(ForbiddenAddressError):
            reach.look_at(host, [ipaddress.ip_address(address)])


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("127.1.2.3", True),
        ("[::1]", True),
        ("::ffff:127.0.0.1", True),
        ("localhost.evil.example", False),
        ("20.50.2.1", False),
        ("", False),
    ],
)
def test_whether_a_name_is_this_machine(host, here):
    assert is_here(host) is here


WRITTEN_ODDLY = ["127.1", "0x7f.1", "2130706433", "017700000001", "localhost", "[::1]", "[::ffff:127.0.0.1]"]


@pytest.mark.parametrize("host", WRITTEN_ODDLY)
async def test_this_machine_is_not_called_however_it_is_written(host):
    asked = []

    async def answer(reader, writer):
        asked.append(host)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    http = Http()
    with pytest.raises((TargetDownError, TransientError, PermanentError)) as failed:
        await http.send("GET", f"http://{host}:{port}/", what="ticket system crb")
    await http.close()
    server.close()

    assert not asked
    assert host == "[::1]" or "address is not called" in str(failed.value), failed.value


async def test_what_is_refused_is_one_fault_with_what_to_do_and_nothing_is_parked():
    http = Http()

    with pytest.raises(TargetDownError) as failed:
        await http.send("GET", "https://10.0.0.5/", what="ticket system crb")

    assert "FORESIGNAL_PRIVATE_HOSTS" in failed.value.remedy
    await http.close()


async def test_a_channel_whose_address_leads_there_is_down_and_its_cards_wait(monkeypatch):
    Resolver(monkeypatch, ["10.0.0.5"])
    http = Http()
    address = "https://prod-1.westeurope.logic.azure.com/workflows/0f9e8d7c6b5a4f3e/run?sig=AbCdEfGhIjKlMnOpQr"
    deps = AdapterDeps("a", http, FakeSecrets({"URL": address}), FakeClock(), FakeTables(), "t", "", no_token)

    with pytest.raises(TargetDownError) as failed:
        await registry.build("channels", "teams_workflow", {"url": "URL"}, deps).post(CARD)

    assert "AbCdEf" not in f"{failed.value} {failed.value.remedy}"
    await http.close()


async def test_graph_is_not_called_there_either(monkeypatch):
    Resolver(monkeypatch, ["10.0.0.5"])
    graph = Graph(SignIn("token"))

    def question(service):
        return service.admin.service_announcement.messages.to_get_request_information()

    with pytest.raises(PermanentError, match="private address"):
        await graph.ask("home", Tenant(), Question("messages", "X", question))
    await graph.close()


def certificate(folder, name):
    """A key and a certificate of a name, made for this test."""
    key, file = folder / "key.pem", folder / "cert.pem"
    secret = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(subject, subject, secret.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(secret, hashes.SHA256())
    )
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    key.write_bytes(secret.private_bytes(pem, pkcs8, serialization.NoEncryption()))
    file.write_bytes(signed.public_bytes(pem))
    return key, file


@asynccontextmanager
async def secure(folder, name):
    """A server with a certificate, its port, and the hosts that it was asked for."""
    hosts = []

    async def answer(request):
        hosts.append(request.headers["Host"])
        return web.Response(text="ours")

    key, file = certificate(folder, name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    yield runner.addresses[0][1], hosts, ssl.create_default_context(cafile=str(file))
    await runner.cleanup()


async def test_what_is_connected_to_is_what_was_looked_at_and_the_certificate_is_held_against_the_name(
    tmp_path, monkeypatch
):
    async with secure(tmp_path, "crb.example") as (port, hosts, trust):
        resolver = Resolver(monkeypatch, ["127.0.0.1"])
        transport = Transport(Reach(loopback=True))
        monkeypatch.setattr(transport, "_trust", trust, raising=False)
        async with httpx.AsyncClient(transport=transport) as client:
            assert (await client.get(f"https://crb.example:{port}/")).text == "ours"
            assert hosts == [f"crb.example:{port}"]
            assert resolver.asked == ["crb.example"]  # once: nobody asks again between looking and connecting
            with pytest.raises(httpx.ConnectError, match=r"other\.example"):
                await client.get(f"https://other.example:{port}/")


async def test_a_name_that_leads_elsewhere_the_second_time_is_looked_at_the_second_time(monkeypatch):
    resolver = Resolver(monkeypatch, ["127.0.0.1"], ["169.254.169.254"])
    http = Http(reach=Reach(loopback=True))
    with pytest.raises(TransientError):
        await http.send("GET", "http://crb.example:1/", what="crb")

    with pytest.raises(TargetDownError):
        await http.send("GET", "http://crb.example:1/", what="crb")
    assert len(resolver.asked) == 2
    await http.close()


async def test_every_address_is_tried_until_one_takes_the_connection(monkeypatch):
    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    Resolver(monkeypatch, ["127.0.0.9", "127.0.0.1"])
    http = Http(reach=Reach(loopback=True))

    assert (await http.send("POST", f"http://crb.example:{port}/", what="crb", json={"a": 1})).json() == {}
    await http.close()
    server.close()


@pytest.mark.parametrize(
    ("environment", "loopback"),
    [
        ({"AzureWebJobsStorage": "x"}, True),
        ({"AzureWebJobsStorage": "x", "WEBSITE_SITE_NAME": "fs"}, False),
        ({"AzureWebJobsStorage": "x", "WEBSITE_SITE_NAME": "fs", "FORESIGNAL_LOCAL": "1"}, False),
    ],
)
def test_in_azure_this_machine_is_never_called(environment, loopback):
    ours = {"FORESIGNAL_DEPLOYMENT": "t", "FORESIGNAL_PUBLIC_URL": "https://t.example", **environment}

    assert settings.from_environment(ours).loopback is loopback


def test_a_policy_that_opens_private_networks_is_refused_by_check_and_goes_on_in_force():
    text = """tenants: {home: {}}
teams: {mail: {owner: m@example.com}}
workloads: {exchange: {services: Exchange Online, team: mail}}
tickets: {crb: {kind: webhook, settings: {url: URL, secret: SIGNING, allow_private: true}}}
routes: {team: mail, ticket: crb, name: Everything else}
"""
    checked = check_text(text, "policy.yaml")

    assert checked.policy
    assert ["has no effect any more" in str(note) for note in checked.objections] == [True]
