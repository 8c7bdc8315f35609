"""Vectors in a Milvus cluster: a generation is a collection, and an alias leads to the published one.

``link`` is the only module that knows the client's library; ``searching`` is the ``VectorIndex`` of a collection, and
``collections`` makes, checks and drops them. Texts and offsets are never there; words are where the settings want that,
as sparse vectors whose numbers ``index.lexical`` chose. What is searched is the collection that a snapshot names, never
the alias: texts and vectors of one answer are of one generation. The alias is for other programs. Invariant: what is in
a collection never changes after it was written.
"""
