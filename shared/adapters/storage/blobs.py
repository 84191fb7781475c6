"""Blob storage behind the port `Blobs`: the policy, and posts that are too large for a queue message."""

from collections import Counter
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import (
    HttpResponseError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.storage.blob.aio import BlobServiceClient

from shared.adapters.storage.counting import CountingTransport
from shared.adapters.storage.failures import RETRIES, as_ours
from shared.adapters.storage.probing import NOBODY, Clock
from shared.core.errors import ConflictError
from shared.core.ports.storage import Blob

_NOT_MODIFIED = 304


class AzureBlobs:
    """The containers of one storage account, over azure-storage-blob (aio)."""

    def __init__(self, service: BlobServiceClient) -> None:
        self._service = service

    @classmethod
    def connect(
        cls, calls: Counter[str], *, url: str = "", credential: Any = None, connection: str = ""
    ) -> "AzureBlobs":
        options: dict[str, Any] = {"transport": CountingTransport(calls, "blobs"), **RETRIES}
        if connection:
            return cls(BlobServiceClient.from_connection_string(connection, **options))
        return cls(BlobServiceClient(url, credential=credential, **options))

    async def put(self, container: str, name: str, data: bytes) -> None:
        """Write the blob. Overwrites: names are made of content hashes, or the admin means to replace the policy."""
        with as_ours(f"writing container {container}"):
            await self._service.get_blob_client(container, name).upload_blob(data, overwrite=True)

    async def get(self, container: str, name: str) -> bytes | None:
        with as_ours(f"reading container {container}"):
            try:
                stream = await self._service.get_blob_client(container, name).download_blob()
                return await stream.readall()
            except ResourceNotFoundError:
                return None

    async def read(self, container: str, name: str, known: str = "") -> Blob | None:
        condition: dict[str, Any] = {"etag": known, "match_condition": MatchConditions.IfModified} if known else {}
        with as_ours(f"reading container {container}"):
            try:
                stream = await self._service.get_blob_client(container, name).download_blob(**condition)
                return Blob(await stream.readall(), stream.properties.etag)
            except ResourceNotFoundError:
                return None
            except HttpResponseError as error:
                if known and error.status_code == _NOT_MODIFIED:
                    return Blob(b"", known, modified=False)
                raise

    async def replace(self, container: str, name: str, data: bytes, etag: str) -> None:
        condition: dict[str, Any] = (
            {"etag": etag, "match_condition": MatchConditions.IfNotModified, "overwrite": True} if etag else {}
        )
        with as_ours(f"writing container {container}"):
            try:
                await self._service.get_blob_client(container, name).upload_blob(data, **condition)
            except (ResourceExistsError, ResourceModifiedError) as error:
                raise ConflictError(f"{container}/{name}") from error

    async def names(self, container: str, prefix: str) -> list[str]:
        with as_ours(f"listing container {container}"):
            try:
                names = self._service.get_container_client(container).list_blob_names(name_starts_with=prefix)
                return sorted([name async for name in names])
            except ResourceNotFoundError:
                return []

    async def delete(self, container: str, name: str) -> None:
        with as_ours(f"deleting from container {container}"):
            try:
                await self._service.get_blob_client(container, name).delete_blob()
            except ResourceNotFoundError:
                return

    async def inspect(self, name: str) -> float | None:
        clock = Clock()
        with as_ours(f"listing container {name}"):
            blobs = self._service.get_container_client(name).list_blobs(
                name_starts_with=NOBODY, results_per_page=1, raw_response_hook=clock
            )
            async for _ in blobs:
                break
        return clock.ahead

    async def try_write(self, name: str) -> None:
        condition: dict[str, Any] = {"etag": '"0x0"', "match_condition": MatchConditions.IfNotModified}
        with as_ours(f"writing container {name}"):
            try:
                await self._service.get_blob_client(name, NOBODY).upload_blob(b"", overwrite=True, **condition)
            except (ResourceExistsError, ResourceModifiedError):
                return

    async def create(self, names: tuple[str, ...] | list[str]) -> None:
        """Make the containers that are not there yet (sandbox and tests; in Azure infra/ makes them)."""
        for name in names:
            with as_ours(f"making container {name}"):
                try:
                    await self._service.create_container(name)
                except ResourceExistsError:
                    continue

    async def close(self) -> None:
        await self._service.close()
