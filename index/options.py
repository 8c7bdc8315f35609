"""Programs of several commands, and the options that every command of both programs takes."""

import argparse
from collections.abc import Callable, Sequence
from math import inf
from pathlib import Path


class Program:
    """A program of several commands; ``parser`` sets ``run`` to what the given command calls."""

    def __init__(self, name: str, description: str) -> None:
        self.parser = argparse.ArgumentParser(name, description=description, parents=[common_options(first=True)])
        self._everywhere: list[tuple[str, str, str]] = []
        self._commands = self.parser.add_subparsers(metavar="COMMAND", required=True)

    def command(self, name: str, run: Callable[..., int], help_: str) -> argparse.ArgumentParser:
        """Add a command and return its parser, for the arguments of its own."""
        made = self._commands.add_parser(name, help=help_, description=help_, parents=[common_options(first=False)])
        made.set_defaults(run=run)
        for option, metavar, told in self._everywhere:
            made.add_argument(option, metavar=metavar, help=told, default=argparse.SUPPRESS)
        return made

    def everywhere(self, option: str, metavar: str, help_: str) -> None:
        """Add an option that may stand before the command, and after each that is added from now on."""
        self.parser.add_argument(option, metavar=metavar, help=help_)
        self._everywhere.append((option, metavar, help_))


def common_options(*, first: bool) -> argparse.ArgumentParser:
    """Return a parent parser; the options may stand before the command (``first``) or after it."""

    def default(value: object) -> object:
        # A subparser's defaults would overwrite what was given before the command.
        return value if first else argparse.SUPPRESS

    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--config", type=Path, default=default(None), metavar="FILE", help="the settings file")
    common.add_argument(
        "--set",
        action="append",
        dest="set_before" if first else "set_after",
        default=[],
        metavar="SECTION.KEY=VALUE",
        help="override a setting; may be repeated",
    )
    common.add_argument("--json", action="store_true", default=default(None), help="print JSON")
    common.add_argument("-v", "--verbose", action="store_true", default=default(None), help="say more")
    return common


def overrides(arguments: argparse.Namespace) -> Sequence[str]:
    """Return the ``--set`` options in the order in which they count."""
    return (*arguments.set_before, *arguments.set_after)


def minutes(text: str) -> float:
    """Parse a time above zero, for ``type=`` of an option."""
    number = float(text)
    if not 0 < number < inf:
        raise ValueError(text)
    return number


def positive(text: str) -> int:
    """Parse a whole number above zero, for ``type=`` of an option."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number
