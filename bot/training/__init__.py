"""How the reader is made: from training questions to the weights that ``bot.answering`` ships. No part of the bot."""
