"""Near-copies of articles: which tell one story, and which were superseded by a newer version of their outlet.

Turns texts into runs of words (``runs``), brings together what may be alike by MinHash signatures (``signatures``), and
compares that exactly before it groups (``stories``). It changes no article and reads no file. Invariant: the result
depends on the articles alone, not on their order or on earlier builds.

What a signature leaves, an article's trace, is kept from build to build; so is what was found, and only articles near
which something changed are compared anew.
"""

from index.duplicates.stories import Earlier, Stories, find_stories, trace

__all__ = ["Earlier", "Stories", "find_stories", "trace"]
