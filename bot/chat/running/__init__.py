"""The process: heard by its supervisor, measured, told of new settings, and silent about secrets."""
