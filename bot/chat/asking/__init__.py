"""Who asks: who may, how often, in which order, and what is remembered of a conversation meanwhile."""
