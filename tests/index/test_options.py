"""The options that both programs share, parsed as their command lines are."""

import argparse
from pathlib import Path

import pytest

from index.options import Program, common_options, overrides, positive


def parsed(*arguments: str) -> argparse.Namespace:
    """Parse for a program with one command, ``do``, that takes a number."""
    parser = argparse.ArgumentParser(parents=[common_options(first=True)])
    command = parser.add_subparsers(required=True).add_parser("do", parents=[common_options(first=False)])
    command.add_argument("--limit", type=positive, default=5)
    return parser.parse_args(arguments)


@pytest.mark.parametrize(
    "arguments",
    [("--config", "a.toml", "--json", "-v", "do"), ("do", "--config", "a.toml", "--json", "-v")],
)
def test_options_stand_before_or_after_the_command(arguments: tuple[str, ...]) -> None:
    """Nobody has to remember which options belong to the program and which to the command."""
    found = parsed(*arguments)
    assert (found.config, bool(found.json), bool(found.verbose)) == (Path("a.toml"), True, True)


def test_nothing_given_is_nothing_set() -> None:
    """Without options there is no file, no override, and plain output."""
    found = parsed("do")
    assert (found.config, bool(found.json), bool(found.verbose), tuple(overrides(found))) == (None, False, False, ())


def test_overrides_count_in_their_order() -> None:
    """What stands later corrects what stands before, on both sides of the command."""
    found = parsed("--set", "a.b=1", "--set", "a.b=2", "do", "--set", "a.b=3", "--set", "a.b=4")
    assert overrides(found) == ("a.b=1", "a.b=2", "a.b=3", "a.b=4")


def test_one_call_leaves_nothing_to_the_next() -> None:
    """A list that gathers options is not shared by two command lines."""
    parsed("--set", "a.b=1", "do", "--set", "a.b=2")
    assert overrides(parsed("do")) == ()


def test_the_later_file_is_read() -> None:
    """Named twice, the name nearer to the end counts."""
    assert parsed("--config", "a.toml", "do", "--config", "b.toml").config == Path("b.toml")


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", ""])
def test_a_number_that_makes_no_sense_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Counts begin at 1; the message says which option was wrong and what was given."""
    with pytest.raises(SystemExit) as stop:
        parsed("do", f"--limit={text}")
    assert stop.value.code == 2
    assert f"--limit: invalid positive value: '{text}'" in capsys.readouterr().err


def test_a_count_is_a_number() -> None:
    """What stands on the command line as digits is a number."""
    assert parsed("do", "--limit", "7").limit == 7


@pytest.mark.parametrize("arguments", [["--log", "a", "do"], ["do", "--log", "a"], ["--log", "b", "do", "--log", "a"]])
def test_an_option_of_every_command_may_stand_before_or_after_it(arguments: list[str]) -> None:
    """As the common ones: people write it where it comes to their minds."""
    program = Program("program", "Does something.")
    program.everywhere("--log", "FILE", "where to write")
    program.command("do", lambda: 0, "do it")
    assert program.parser.parse_args(arguments).log == "a"
