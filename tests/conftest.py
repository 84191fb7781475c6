"""Fixtures that many tests share: one real Azurite and one real Redmine a session, or a worker of pytest-xdist."""

import os

from tests.azurite import azurite, storage, storage_of_its_own
from tests.trackers.redmine import redmine

__all__ = ["azurite", "redmine", "storage", "storage_of_its_own"]

if os.environ.get("CI"):  # a property test that is slow on a busy machine is no failure of the property
    from hypothesis import settings

    settings.register_profile("ci", deadline=None)
    settings.load_profile("ci")
