"""What a ticket should be and what it is."""
