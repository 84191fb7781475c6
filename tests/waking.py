"""What a process loads until it has handled its first message: modules and CPU, queue by queue, over real storage.

`python -m tests.waking [ROOT]` prints the table, of the code in another folder where one is named. Each message is
handled in a fresh interpreter, and sends the next one: from a post to its ticket and its card.
"""

import asyncio
import base64
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from azure.storage.queue.aio import QueueClient

from sandbox import azurite
from shared import app
from shared.core.messages import Envelope, encode
from tests.bench import NOW, a_post, policy
from tests.pump import OneSecret, Pump, StillClock

ROOT = Path(__file__).parents[1]
MOST = {"posts": 1_110, "changes": 1_230, "tickets": 1_330}
"""How many modules the first message of a queue may have loaded at most, by queue on the way from a post to its ticket.

Most of them are those of azure-storage, azure-data-tables, aiohttp and pydantic.
"""
_CHILD = f"""
import sys, time
began = time.process_time()
import azure.functions as func
bare, few = time.process_time() - began, len(sys.modules)
import asyncio, base64, os
from datetime import datetime
import function_app
from shared import app
from shared.settings import from_environment
queue, body = sys.stdin.read().split()
of_queue = {{getattr(each.get_trigger(), "queue_name", ""): each for each in function_app.app.get_functions()}}
app.use(app.Surroundings(from_environment(), clock=lambda: datetime.fromisoformat({NOW.isoformat()!r})))
asyncio.run(of_queue[queue].get_user_function()(func.QueueMessage(id="1", body=base64.b64decode(body))))
print(time.process_time() - began, bare, len(sys.modules), few, *sys.modules)
"""


@dataclass(frozen=True, slots=True)
class Woken:
    """A process that has handled its first message: its CPU seconds, how many modules it has loaded, and which.

    `bare` and `few` are what `import azure.functions` alone took of them.
    """

    cpu: float
    bare: float
    modules: int
    few: int
    names: frozenset[str]

    @property
    def ratio(self) -> float:
        """How many times the CPU of `import azure.functions`."""
        return self.cpu / self.bare


def handled(queue: str, content: str, connection: str, root: Path = ROOT) -> Woken:
    """Handle a message as it lies in the queue, in a fresh interpreter that has the code in `root`."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(root),
        "AzureWebJobsStorage": connection,
        "FORESIGNAL_DEPLOYMENT": "dev",
        "FORESIGNAL_PUBLIC_URL": "http://127.0.0.1:7071",
    }
    done = subprocess.run(
        [sys.executable, "-c", _CHILD], input=f"{queue} {content}", env=environment, cwd=root, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    cpu, bare, modules, few, *loaded = done.stdout.split()
    return Woken(float(cpu), float(bare), int(modules), int(few), frozenset(loaded))


async def _woken(connection: str, roots: Sequence[Path], rounds: int) -> dict[tuple[Path, str], list[Woken]]:
    pump = Pump(connection, StillClock(NOW), secrets=OneSecret("http://127.0.0.1:9/hook?sig=nobody"))
    await pump.prepare()
    await app.current().blobs.put("config", "policy.yaml", policy("http://127.0.0.1:9", ("contoso",)))
    found: dict[tuple[Path, str], list[Woken]] = {}
    number = 0
    for _ in range(rounds):
        for root in roots:
            number += 1
            body = {"tenant": "contoso", "observed": NOW.isoformat(), "posts": [a_post(number, old=False)]}
            content = base64.b64encode(encode(Envelope(body, NOW))).decode()
            for queue in MOST:
                content = content or await _next(connection, queue)
                found.setdefault((root, queue), []).append(handled(queue, content, connection, root))
                content = ""
    await pump.close()
    return found


async def _next(connection: str, queue: str) -> str:
    async with QueueClient.from_connection_string(connection, queue) as client:
        message = await client.receive_message(visibility_timeout=600)
        assert message, f"nothing was sent to {queue}"
        await client.delete_message(message)
        return str(message.content)


def measured(roots: Sequence[Path] = (ROOT,), rounds: int = 3) -> dict[tuple[Path, str], list[Woken]]:
    """What each process loaded, by the root of its code and its queue; the roots in turn, each time with a new post."""
    with tempfile.TemporaryDirectory() as state:
        storage = azurite.start(Path(state), in_memory=True)
        try:
            return asyncio.run(_woken(storage.connection_string, roots, rounds))
        finally:
            storage.stop()


if __name__ == "__main__":
    for (root, queue), each in measured((ROOT, *map(Path, sys.argv[1:]))).items():
        ratios = f"{median(one.ratio for one in each):.1f} ({', '.join(f'{one.ratio:.1f}' for one in each)})"
        ms = min(one.cpu for one in each) * 1000
        print(f"{root!s:20}{queue:9}{ratios} times, {ms:.0f} ms, {each[0].modules} modules / {each[0].few}")  # noqa: T201
