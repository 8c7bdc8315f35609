"""Addresses in a file, one a line. A mirror: what is taken out of the file leaves the index."""

from collections.abc import Iterator

from index.errors import FormatError, SourceError
from index.records import Document, Listed
from index.settings import UrlsSource as UrlsSettings
from index.sources.fetching import Response
from index.sources.web.addresses import canonical_address
from index.sources.web.listing import Listing
from index.sources.web.lists import read_list
from index.sources.web.stored import StoredSource


class UrlsSource(StoredSource[UrlsSettings]):
    """The pages at the addresses in the file."""

    kind = "urls"

    def begin(self) -> Listing:
        """Return the addresses.

        Raises:
            SourceError: the file cannot be read, or a line of it is no address.
        """
        return Listing([(page, None) for page in self._listed()], complete=True)

    def read(self, response: Response) -> Listing:
        """Return nothing: the file is the only list."""
        return Listing()

    def documents(self) -> Iterator[Document]:
        """Go through the articles read so far at the addresses that are in the file now.

        Raises:
            SourceError: as ``begin``.
        """
        addresses = [canonical_address(page.url) for page in self._listed()]
        listed = self._store.listed_by(self.label, addresses)
        prefix = f"{self.label}/"
        for document in super().documents():
            if document.id.removeprefix(prefix) in listed:
                yield document

    def _listed(self) -> tuple[Listed, ...]:
        path = self.settings.file
        try:
            return read_list(path.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise SourceError(f"{path} cannot be read: {error.strerror}") from error
        except (UnicodeDecodeError, FormatError) as error:
            raise SourceError(f"{path}: {error}") from error
