"""From articles to ranked passages. The public API; everything else in this package is its own affair.

Names are loaded when first used, so that ``import index`` is instant.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.backup import Backup as Backup
    from index.backup import back_up as back_up
    from index.backup import restore as restore
    from index.build import build_index as build_index
    from index.credentials import read_secret as read_secret
    from index.encoder import Encoder as Encoder
    from index.encoder import locate_encoder as locate_encoder
    from index.encoder.ahead import made_ahead as made_ahead
    from index.encoder.batches import in_parts as in_parts
    from index.encoder.bert import Bert as Bert
    from index.encoder.bert import read_bert as read_bert
    from index.encoder.layouts import Layout as Layout
    from index.encoder.layouts import Padded as Padded
    from index.encoder.layouts import layout_for as layout_for
    from index.encoder.shape import BertShape as BertShape
    from index.errors import BuildError as BuildError
    from index.errors import EncoderError as EncoderError
    from index.errors import NoSnapshot as NoSnapshot
    from index.errors import SettingsError as SettingsError
    from index.errors import SnapshotError as SnapshotError
    from index.errors import VectorsUnavailable as VectorsUnavailable
    from index.errors import VerbatimError as VerbatimError
    from index.files import closed_to_others as closed_to_others
    from index.lexical import NearWord as NearWord
    from index.lexical import QuestionTerms as QuestionTerms
    from index.lexical import QuestionWord as QuestionWord
    from index.lexical import forgiven as forgiven
    from index.lexical import slips as slips
    from index.lexical import stems as stems
    from index.lock import build_lock as build_lock
    from index.options import Program as Program
    from index.options import overrides as overrides
    from index.options import positive as positive
    from index.pending import finish_restore as finish_restore
    from index.progress import Progress as Progress
    from index.progress import bars as bars
    from index.progress import silent as silent
    from index.records import Article as Article
    from index.records import Days as Days
    from index.records import Failure as Failure
    from index.records import Hit as Hit
    from index.records import Manifest as Manifest
    from index.records import Passage as Passage
    from index.records import ScoreParts as ScoreParts
    from index.records import Sentence as Sentence
    from index.records import SourceSummary as SourceSummary
    from index.report import BuildReport as BuildReport
    from index.runs import last_good as last_good
    from index.runs import read_runs as read_runs
    from index.search import FusedRetriever as FusedRetriever
    from index.search import Retriever as Retriever
    from index.search import retrievers as retrievers
    from index.settings import FilesSource as FilesSource
    from index.settings import Folder as Folder
    from index.settings import ListOf as ListOf
    from index.settings import Section as Section
    from index.settings import Settings as Settings
    from index.settings import StorageSettings as StorageSettings
    from index.settings import find_settings as find_settings
    from index.settings import load_settings as load_settings
    from index.snapshot import Snapshot as Snapshot
    from index.snapshot import Store as Store
    from index.sources.normalise import stored_offset as stored_offset
    from index.status import Status as Status
    from index.status import describe_status as describe_status
    from index.takedown import Withdrawals as Withdrawals
    from index.timing import Part as Part
    from index.weights import locate_weights as locate_weights

_HOMES = {
    "Backup": "backup.Backup",
    "back_up": "backup.back_up",
    "restore": "backup.restore",
    "finish_restore": "pending.finish_restore",
    "build_index": "build.build_index",
    "Encoder": "encoder.Encoder",
    "locate_encoder": "encoder.locate_encoder",
    "in_parts": "encoder.batches.in_parts",
    "made_ahead": "encoder.ahead.made_ahead",
    "Bert": "encoder.bert.Bert",
    "BertShape": "encoder.shape.BertShape",
    "read_bert": "encoder.bert.read_bert",
    "Layout": "encoder.layouts.Layout",
    "Padded": "encoder.layouts.Padded",
    "layout_for": "encoder.layouts.layout_for",
    "BuildError": "errors.BuildError",
    "EncoderError": "errors.EncoderError",
    "NoSnapshot": "errors.NoSnapshot",
    "SettingsError": "errors.SettingsError",
    "SnapshotError": "errors.SnapshotError",
    "VectorsUnavailable": "errors.VectorsUnavailable",
    "VerbatimError": "errors.VerbatimError",
    "NearWord": "lexical.NearWord",
    "QuestionTerms": "lexical.QuestionTerms",
    "QuestionWord": "lexical.QuestionWord",
    "forgiven": "lexical.forgiven",
    "slips": "lexical.slips",
    "stems": "lexical.stems",
    "closed_to_others": "files.closed_to_others",
    "build_lock": "lock.build_lock",
    "Program": "options.Program",
    "overrides": "options.overrides",
    "positive": "options.positive",
    "bars": "progress.bars",
    "silent": "progress.silent",
    "Progress": "progress.Progress",
    "Article": "records.Article",
    "Days": "records.Days",
    "Failure": "records.Failure",
    "Hit": "records.Hit",
    "Manifest": "records.Manifest",
    "Passage": "records.Passage",
    "ScoreParts": "records.ScoreParts",
    "Sentence": "records.Sentence",
    "SourceSummary": "records.SourceSummary",
    "BuildReport": "report.BuildReport",
    "last_good": "runs.last_good",
    "read_runs": "runs.read_runs",
    "FusedRetriever": "search.FusedRetriever",
    "Retriever": "search.Retriever",
    "retrievers": "search.retrievers",
    "read_secret": "credentials.read_secret",
    "FilesSource": "settings.FilesSource",
    "Folder": "settings.Folder",
    "ListOf": "settings.ListOf",
    "Section": "settings.Section",
    "Settings": "settings.Settings",
    "StorageSettings": "settings.StorageSettings",
    "find_settings": "settings.find_settings",
    "load_settings": "settings.load_settings",
    "Snapshot": "snapshot.Snapshot",
    "Store": "snapshot.Store",
    "stored_offset": "sources.normalise.stored_offset",
    "Status": "status.Status",
    "describe_status": "status.describe_status",
    "Withdrawals": "takedown.Withdrawals",
    "Part": "timing.Part",
    "locate_weights": "weights.locate_weights",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, attribute = _HOMES[name].rpartition(".")
    return getattr(import_module(f"{__name__}.{module}"), attribute)
