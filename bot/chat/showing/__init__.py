"""From answers and texts to messages, and how these are sent."""
