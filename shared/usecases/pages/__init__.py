"""What a page shows, read from the record."""
