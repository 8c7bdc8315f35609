"""From a question to a reply, in the articles' own words. Knows the index only by its public API."""
