"""What was closed, a partition a month (table `closings`)."""

CLOSINGS = "closings"
