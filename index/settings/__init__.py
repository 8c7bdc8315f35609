"""The settings file: one TOML file, every problem in it reported at once.

A package describes its sections as pydantic models and reads them with :func:`load_settings`.
"""

from index.settings.base import Folder, ListOf, Section
from index.settings.loading import find_settings, load_settings
from index.settings.sections import (
    DuplicatesSection,
    FetchSection,
    FreshnessSection,
    GateSection,
    IndexSection,
    Settings,
    StorageSettings,
    VectorsSection,
)
from index.settings.sources import FeedSource, FilesSource, SitemapSource, SourceSettings, UrlsSource, WebSource

__all__ = [
    "DuplicatesSection",
    "FeedSource",
    "FetchSection",
    "FilesSource",
    "Folder",
    "FreshnessSection",
    "GateSection",
    "IndexSection",
    "ListOf",
    "Section",
    "Settings",
    "SitemapSource",
    "SourceSettings",
    "StorageSettings",
    "UrlsSource",
    "VectorsSection",
    "WebSource",
    "find_settings",
    "load_settings",
]
