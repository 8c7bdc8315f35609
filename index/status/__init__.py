"""What a storage folder holds and how fresh it is, for people and for monitoring. It loads neither torch nor FAISS."""

from index.status.describing import describe_absence, describe_status
from index.status.records import Status

__all__ = ["Status", "describe_absence", "describe_status"]
