"""Days and spans of days in the words of a post."""
