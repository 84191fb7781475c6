"""What property tests share: a machine that others use, too, is slow at times, and that is no failure of a property."""

from hypothesis import HealthCheck, settings

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
