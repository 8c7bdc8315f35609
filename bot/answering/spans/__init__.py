"""The reading model: which words of a passage answer a question, and whether any do.

``tokens`` cuts question and passage into what the ``network`` computes on; ``model`` loads its weights, checked,
and reads. It is trained by ``bot.training``; what is made of its numbers is ``bot.answering.evidence``' affair.
"""
