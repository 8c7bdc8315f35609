"""The settings file: one TOML file, every problem in it reported at once.

A package describes its sections as pydantic models and reads them with :func:`load_settings`.
"""

from index.settings.loading import find_settings, load_settings
from index.settings.sections import (
    FilesSource,
    Folder,
    IndexSection,
    Section,
    Settings,
    SourceSettings,
    StorageSettings,
)

__all__ = [
    "FilesSource",
    "Folder",
    "IndexSection",
    "Section",
    "Settings",
    "SourceSettings",
    "StorageSettings",
    "find_settings",
    "load_settings",
]
