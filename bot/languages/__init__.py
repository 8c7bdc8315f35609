"""The languages that the bot speaks: catalogues (``<code>.po``), and what CLDR knows of numbers and days.

A key of a catalogue is the English sentence; what is missing is said in English. A sentence that is new or changed in
the source gets into the catalogues by ``python -m bot.languages``, which keeps every other translation and names what
is to be translated; a language, when its code stands in ``language.CODES``. Knows nothing of the bot.
"""
