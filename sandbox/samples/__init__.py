"""The sample posts that the sandbox plays; see README.md beside this file."""
