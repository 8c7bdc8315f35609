"""Everything the index can raise on purpose.

::

    VerbatimError
    ├── SettingsError            the settings file, a --set, or a path in them
    ├── FormatError              one document cannot be read (becomes a Failure, the build goes on)
    ├── SourceError              a source cannot be listed now (its articles stay, the build goes on)
    ├── FetchError               one address cannot be fetched
    │   ├── AddressRefused       it is no public http or https address, or robots.txt forbids it
    │   ├── Unreachable          no answer, or one that may be another the next time
    │   ├── Unsuitable           the answer is too large, of another type, or packed in a way that cannot be read
    │   └── OutOfTime            the run's time is over
    ├── LibraryError             the library file is damaged, in use, or of a newer version
    ├── BackupError              a backup cannot be written, is none, or cannot be put in its place
    ├── EncoderError             weights missing, altered, or not the model that the snapshot names; memory is short
    ├── SnapshotError
    │   ├── NoSnapshot           nothing has been published yet
    │   ├── SnapshotDamaged      a file is missing, truncated or altered
    │   ├── SnapshotIncompatible another format or another encoder
    │   └── VectorsUnavailable   the engine that holds its vectors, or words, does not give them now
    └── BuildError
        ├── BuildLocked          another build holds the lock
        ├── TooManyFailures      more documents failed than the settings allow: nothing was published
        └── TimeUp               the build took longer than it may; the next goes on from there

Messages say what, which, and what to do next. Foreign exceptions are wrapped, with their cause, only in
the module that owns the foreign library.
"""


class VerbatimError(Exception):
    """The root of every error that Verbatim raises on purpose."""


class SettingsError(VerbatimError):
    """The settings cannot be used; the message lists every problem, one a line."""


class FormatError(VerbatimError):
    """A document cannot be read as what its name says it is."""


class SourceError(VerbatimError):
    """A source cannot be listed now."""


class FetchError(VerbatimError):
    """One address cannot be fetched."""


class AddressRefused(FetchError):
    """The address is not to be fetched: its scheme, where it leads, or what robots.txt says."""


class Unreachable(FetchError):
    """No answer came, or one that says nothing of the page."""


class Unsuitable(FetchError):
    """The answer is nothing that can be read."""


class OutOfTime(FetchError):
    """The time of the run is over."""


class LibraryError(VerbatimError):
    """The library of collected articles cannot be used."""


class BackupError(VerbatimError):
    """A backup cannot be written, is none or damaged, or its place is in use."""


class EncoderError(VerbatimError):
    """The encoder cannot be loaded, its weights are not the ones expected, or memory does not suffice to encode."""


class SnapshotError(VerbatimError):
    """A snapshot cannot be used."""


class NoSnapshot(SnapshotError):
    """Nothing has been published yet."""


class SnapshotDamaged(SnapshotError):
    """A file of the snapshot is missing, truncated or altered."""


class SnapshotIncompatible(SnapshotError):
    """The snapshot is of another format or was built with another encoder."""


class VectorsUnavailable(SnapshotError):
    """The engine that holds the snapshot's vectors, and maybe its words, does not answer now, or not with them."""


class BuildError(VerbatimError):
    """A build ended without publishing."""


class BuildLocked(BuildError):
    """Another build holds the lock."""


class TooManyFailures(BuildError):
    """More documents failed than the settings allow."""


class TimeUp(BuildError):
    """The build took longer than it may."""
