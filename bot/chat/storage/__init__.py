"""The chat's own SQLite file."""
