"""Storage: may we read and write each service, and is everything there. Nothing is changed."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from shared.core.errors import ForbiddenError, NotMadeError, TransientError
from shared.core.names import CONTAINERS, EVERY_QUEUE, POISON, QUEUES, TABLES
from shared.core.ports.outside import Identity
from shared.core.ports.storage import Examined
from shared.core.upkeep.findings import Finding, failing, ok, unknown
from shared.usecases.upkeep.checks.asking import Examination

_NETWORK = frozenset({"AuthorizationFailure", "IpAuthorizationSourceNotAllowed", "PublicAccessNotPermitted"})
"""What storage says where it is the network that it does not let in: 403 besides."""
_TOKEN = frozenset(
    {
        "AuthenticationFailed",
        "InvalidAuthenticationInfo",
        "NoAuthenticationInformation",
        "KeyBasedAuthenticationNotPermitted",
    }
)
_WIDE = frozenset({"tables", "queues"})
_ROLES = {
    "tables": "Storage Table Data Contributor",
    "queues": "Storage Queue Data Contributor",
    "blobs": "Storage Blob Data Contributor",
}


class _Service(NamedTuple):
    name: str
    part: str
    parts: tuple[str, ...]
    port: Examined


async def look_at_storage(exam: Examination) -> list[Finding]:
    storage = exam.deps.storage
    names = EVERY_QUEUE if exam.deps.outside.reader else QUEUES
    queues = (*names, *(queue + POISON for queue in names))
    services = (
        _Service("tables", "table", TABLES, storage.tables),
        _Service("queues", "queue", queues, storage.queues),
        _Service("blobs", "container", CONTAINERS, storage.blobs),
    )
    findings: list[Finding] = []
    for service in services:

        async def ask(service: _Service = service) -> Sequence[Finding]:
            return await _look_at(exam, service)

        findings += await exam.ask("storage", service.name, ask)
    return findings


async def _look_at(exam: Examination, service: _Service) -> list[Finding]:
    """Rights first. Where one part cannot be read, neither can the others: tables and queues are asked no further."""
    missing: list[str] = []
    refused: dict[str, TransientError] = {}
    for name in service.parts:
        try:
            exam.note_clock(f"storage ({service.name})", await service.port.inspect(name))
        except NotMadeError:
            missing.append(name)
        except TransientError as error:
            refused[name] = error
            if service.name in _WIDE or not isinstance(error, ForbiddenError):
                break
    reading = _verdict(exam, service, "read", refused)
    if reading.condition != "ok":
        return [reading, unknown("storage", f"{service.name}: write", "not asked: they cannot be read")]
    there = [name for name in service.parts if name not in missing]
    found = [failing("storage", f"{service.part} {name}", "it is not there", "part_missing") for name in missing] or [
        ok("storage", f"{service.name}: all there", f"{len(there)}, each of them was asked for")
    ]
    return [reading, await _writing(exam, service, there), *found]


async def _writing(exam: Examination, service: _Service, there: Sequence[str]) -> Finding:
    """Rights on tables and queues are those of the account; each container can have its own."""
    if not there:
        return unknown("storage", f"{service.name}: write", f"not asked: there is no {service.part}")
    refused: dict[str, TransientError] = {}
    for name in there[:1] if service.name in _WIDE else there:
        try:
            await service.port.try_write(name)
        except TransientError as error:
            refused[name] = error
    return _verdict(exam, service, "write", refused)


def _verdict(exam: Examination, service: _Service, act: str, refused: Mapping[str, TransientError]) -> Finding:
    subject = f"{service.name}: {act}"
    if not refused:
        asked = "read" if act == "read" else "asked to change what is not there, which was not refused"
        return ok("storage", subject, f"{asked}{_as_whom(exam.own)}")
    error = next(iter(refused.values()))
    if not isinstance(error, ForbiddenError):
        return failing(
            "storage",
            subject,
            str(error),
            "storage_unreachable",
            storage_url=f"FORESIGNAL_{service.name[:-1].upper()}_URL",
        )
    words = f"{error.code or 'refused'}{_as_whom(exam.own)}: {service.part} {', '.join(refused)}"
    if error.code in _NETWORK:
        return failing("storage", subject, words, "network_closed")
    if error.code in _TOKEN:
        return failing("storage", subject, words, "token_refused")
    return failing("storage", subject, words, "right_missing", commands=_commands(exam, service, list(refused)))


def _commands(exam: Examination, service: _Service, names: Sequence[str]) -> str:
    """One for the account; for containers one each, as people may not write the one that the app's package is in."""
    own, account = exam.own or Identity(""), exam.deps.here.place.account or "STORAGE-ACCOUNT"
    kind = "User" if own.is_person else "ServicePrincipal"
    scope = f"$(az storage account show --name {account} --query id --output tsv)"
    ends = [""] if service.name in _WIDE else [f"/blobServices/default/containers/{name}" for name in names]
    commands = [
        f"`az role assignment create --assignee-object-id {own.object_id or 'OBJECT-ID'} "
        f"--assignee-principal-type {kind} "
        f'--role "{_ROLES[service.name]}" --scope "{scope}{end}"`'
        for end in ends
    ]
    return f"Give the role; it counts after up to ten minutes: {' and '.join(commands)}"


def _as_whom(own: Identity | None) -> str:
    return f", as {own.name or own.app or own.object_id}" if own else ""
