"""What a new edition of a change means."""
