"""Fixtures that many tests share: one real Azurite and one real Redmine a session."""

import os

from tests.azurite import azurite, storage
from tests.trackers.redmine import redmine

__all__ = ["azurite", "redmine", "storage"]

if os.environ.get("CI"):  # a property test that is slow on a busy machine is no failure of the property
    from hypothesis import settings

    settings.register_profile("ci", deadline=None)
    settings.load_profile("ci")
