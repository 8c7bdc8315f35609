"""``python -m bot.training``: from the training files to the weights that ship. ``--help`` says how."""

from bot.training.cli import main

raise SystemExit(main())
