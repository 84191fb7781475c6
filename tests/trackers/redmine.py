"""A real Redmine, from Debian's packages, for a test session; each test has a project of its own in it.

Each worker of pytest-xdist has a server of its own, because tests change its settings; the database is made once.
"""

import fcntl
import itertools
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

HOME = Path("/usr/share/redmine")
HERE = Path(__file__).parent
PACKAGES = "redmine redmine-sqlite puma"
MISSING = f"Redmine is not installed; on Debian: make redmine (as root), or apt-get install {PACKAGES}"
_PATIENCE = 900.0  # seconds for a start that hangs; ten are enough on an idle machine, minutes pass on a busy one
_DATABASE = """production:
  adapter: sqlite3
  database: {place}/redmine.sqlite3
  encoding: utf8
  timeout: 20000
  pool: 8
"""


@dataclass
class Redmine:
    """A server that runs. `made`: keys of the API and ids of what tests need, as redmine.rb says them."""

    url: str
    made: dict[str, Any]
    admin: httpx.Client
    database: Path
    _minutes: Iterator[int] = field(default_factory=itertools.count)  # it looks whether any is newer than what it read

    @property
    def key(self) -> str:
        """Our user's key for the API."""
        return str(self.made["key"])

    def project(self, role: str = "filer", fields: tuple[str, ...] = ("key", "plan", "services", "decision")) -> str:
        """A new project with the tracker "Change", in which our user has that role, and Ana reads; its identifier."""
        name = f"p{uuid.uuid4().hex[:12]}"
        wanted = {
            "name": name, "identifier": name, "is_public": False, "enabled_module_names": ["issue_tracking"],
            "tracker_ids": [self.made["tracker"]],
            "issue_custom_field_ids": [self.made["fields"][one] for one in fields],
        }  # fmt: skip
        self.ask("POST", "/projects.json", {"project": wanted})
        if role:
            for user, of in (("user", role), ("ana", "reader")):
                member = {"user_id": self.made[user], "role_ids": [self.made["roles"][of]]}
                self.ask("POST", f"/projects/{name}/memberships.json", {"membership": member})
        return name

    def give(self, project: str, role: str) -> None:
        """Another role for our user in that project."""
        members = self.ask("GET", f"/projects/{project}/memberships.json")["memberships"]
        (ours,) = [each for each in members if each["user"]["id"] == self.made["user"]]
        self.ask("PUT", f"/memberships/{ours['id']}.json", {"membership": {"role_ids": [self.made["roles"][role]]}})

    def setting(self, name: str, value: str) -> None:
        """One of Redmine's own settings, as an administrator sets it; there is no API for that."""
        with closing(sqlite3.connect(self.database, timeout=20)) as base, base:
            base.execute("delete from settings where name = ?", (name,))
            at = f"{datetime.now() + timedelta(minutes=next(self._minutes)):%Y-%m-%d %H:%M:%S.%f}"  # noqa: DTZ005 - as Redmine has it
            base.execute("insert into settings (name, value, updated_on) values (?, ?, ?)", (name, value, at))

    def shows(self, texts: dict[str, list[str]]) -> dict[str, list[str]]:
        """The HTML that it makes of texts, by their format: textile, markdown, common_mark (redmine.ru)."""
        html: dict[str, list[str]] = self.ask("POST", "/texts-as-shown", texts)
        return html

    def ask(self, method: str, path: str, body: Any = None, **params: str) -> Any:
        """As an administrator; the answer's JSON."""
        answer = self.admin.request(method, path, json=body, params=params or None)
        answer.raise_for_status()
        return answer.json() if answer.content.strip() else None


def missing() -> str:
    """Why Redmine cannot run here; empty where it can."""
    if not HOME.is_dir() or not all(shutil.which(name) for name in ("bundle", "puma")):
        return MISSING
    # Debian's Redmine takes what it needs of Ruby from its own instance's file, whatever instance is run.
    own = HOME / "config" / "database.yml"
    if not os.access(own, os.R_OK) or "sqlite3" not in own.read_text():
        return f"the Redmine here cannot be run beside its own: {own} is not ours to read, or is not for SQLite"
    return ""


def needed() -> bool:
    """Whether Redmine must be there: in CI on the machine for which it is packaged, where we may install it."""
    system = Path("/etc/os-release")
    debian = system.is_file() and {"ID=debian", 'VERSION_ID="12"'} <= set(system.read_text().splitlines())
    return os.environ.get("CI") == "true" and debian and os.geteuid() == 0


@pytest.fixture(scope="session")
def redmine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redmine]:
    if why := missing():
        if needed():
            pytest.fail(why)
        pytest.skip(why)
    place = tmp_path_factory.mktemp("redmine")
    made = _copied(_instance(place), _prepared(tmp_path_factory))
    log = place / "puma.log"
    with log.open("wb") as to:
        running = subprocess.Popen(
            ["puma", "--no-config", "-b", "tcp://127.0.0.1:0", "-e", "production", "-t", "4:4", HERE / "redmine.ru"],
            cwd=place, env=_environment(place), stdin=subprocess.PIPE, stdout=to, stderr=to, start_new_session=True,
        )  # fmt: skip
    try:
        url = _address(running, log)
        headers = {"X-Redmine-API-Key": made["admin"]}
        with httpx.Client(base_url=url, headers=headers, timeout=_PATIENCE, trust_env=False) as admin:
            yield Redmine(url, made, admin, place / "redmine.sqlite3")
    finally:
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)  # the database goes with the folder
        running.wait(10)


def _prepared(folders: pytest.TempPathFactory) -> Path:
    """A filled database and what was made in it (made.json): of the whole session, made by the worker that is first."""
    mine = folders.getbasetemp()
    session = mine.parent if os.environ.get("PYTEST_XDIST_WORKER") else mine
    place = session / "redmine-prepared"
    with (session / "redmine.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "made.json").exists():
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            told = _run(["bundle", "exec", "rake", "--rakelib", str(HERE), "filled"], _instance(place))
            (place / "made.json").write_text(told.splitlines()[-1])
    return place


def _copied(place: Path, prepared: Path) -> dict[str, Any]:
    shutil.copy(prepared / "redmine.sqlite3", place)
    made: dict[str, Any] = json.loads((prepared / "made.json").read_text())
    return made


def _instance(place: Path) -> Path:
    """An instance in that folder, without its database. Debian's Redmine takes instances by their path."""
    for name in ("config", "files", "tmp", "log", "public"):
        (place / name).mkdir()
    (place / "config" / "database.yml").write_text(_DATABASE.format(place=place))
    (place / "config" / "secret_key.txt").write_text(uuid.uuid4().hex * 2)
    return place


def _environment(place: Path) -> dict[str, str]:
    instance = os.path.relpath("/", HOME / "instances") + str(place)
    return os.environ | {
        "REDMINE_INSTANCE": instance,
        "RAILS_ENV": "production",
        "SCHEMA": "/dev/null",
        "LANG": "C.UTF-8",
    }


def _run(command: list[str], place: Path) -> str:
    done = subprocess.run(
        command, cwd=HOME, env=_environment(place), capture_output=True, text=True, timeout=_PATIENCE, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout[-2000:]} {done.stderr[-2000:]}"
    return done.stdout


def _address(running: subprocess.Popen[bytes], log: Path) -> str:
    """Where it listens, which it says when it is ready."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and running.poll() is None:
        if found := re.search(r"Listening on (http://127\.0\.0\.1:\d+)", log.read_text()):
            return found[1]
        time.sleep(0.1)
    raise AssertionError(f"Redmine did not start: {log.read_text()[-2000:]}")
