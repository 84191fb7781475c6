"""HTTP for people: a file a page."""
