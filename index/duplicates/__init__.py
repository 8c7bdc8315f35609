"""Near-copies of articles: which tell one story, and which were superseded by a newer version of their outlet.

Turns texts into runs of words (``runs``), brings together what may be alike by MinHash signatures (``signatures``), and
compares that exactly before it groups (``stories``). It changes no article and reads no file. Invariant: the result
depends on the articles alone, not on their order or on earlier builds.

Nothing is kept from build to build: signatures are made anew in a fifteenth of the time in which the same news are cut
into passages, which every build does (``tests/benchmarks/duplicates.py``).
"""

from index.duplicates.stories import Stories, find_stories

__all__ = ["Stories", "find_stories"]
