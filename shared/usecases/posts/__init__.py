"""Posts on their way in."""
