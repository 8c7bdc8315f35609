"""``python -m index`` is ``verbatim-index``."""

from index.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
