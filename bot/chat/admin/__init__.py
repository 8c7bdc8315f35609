"""What those who run the bot can do from Telegram, and what they are told."""
