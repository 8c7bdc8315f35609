"""Pages of the web: what lists them, which of them are fetched and when, what they say, and what is kept of them."""
