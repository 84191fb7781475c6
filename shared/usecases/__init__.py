"""What each trigger does, over ports; knows the core only."""
