"""What all ticket systems share."""
