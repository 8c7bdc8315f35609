"""``python -m bot.languages``: see ``bot.languages.cli``."""

import sys

from bot.languages.cli import main

sys.exit(main())
