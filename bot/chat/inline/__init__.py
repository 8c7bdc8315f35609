"""``@bot question``, typed in any chat."""
