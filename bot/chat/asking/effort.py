"""How much is read for a question while others wait: so much less that the queue does not grow. Pure.

Reading fewer passages costs a good answer now and then; a queue that grows costs everybody's time, and in the end the
answer (DECISIONS, "Pace").
"""

PRESSURE = 2.0
"""How much a question that waits takes off, beside one that is being answered. Reckoned for two cores and five asked
a second, 95 of 100 are answered within 1.6 s with 1, and within 1.4 s with 2 (DECISIONS, "Pace")."""


def effort(waiting: int, workers: int) -> float:
    """Return the share of the passages that is read, 0 to 1, for a question that leaves so many waiting behind it."""
    return workers / (workers + PRESSURE * waiting)
