"""Fixtures that many tests share: one real Azurite and one real Redmine a session, or a worker of pytest-xdist."""

from hypothesis import HealthCheck, settings

from tests.azurite import another_storage, azurite, storage, storage_of_its_own
from tests.trackers.redmine import redmine

__all__ = ["another_storage", "azurite", "redmine", "storage", "storage_of_its_own"]

# A property test that is slow on a busy machine is no failure of the property.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")
