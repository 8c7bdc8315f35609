"""The command line of the training: mine, train, average, measure, fit, and the table of what each ingredient gave.

``mine`` finds the hard negatives and makes questions (12 minutes on two cores), ``train`` trains a reading model, alone
or with ``--teachers`` (an hour and more a round, a minute on a graphics card; killed, it goes on from its last
checkpoint), ``average`` joins models that were trained on from one
another, ``measure`` says what one reads alone (5 minutes), ``fit`` fits what weighs its readings (20 minutes),
``ablations`` trains on a twentieth with one ingredient less each (ten minutes each). Everything lies in --work; --write
replaces what the bot ships. The data are where VERBATIM_DATA says (default ../shared/data).
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.training.recipes import ABLATIONS, RECIPES, RecipeError

ENCODER = "all-MiniLM-L6-v2"
WEIGHTS = Path("bot/answering/weights.json")

FAILED = 1

_CHOSEN = ("rounds", "rate", "layers", "seed")
"""Of a recipe, that may be given instead."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one stage of the training; return the exit status."""
    given = _parser().parse_args(arguments)
    try:
        _STAGES[given.stage](given)
    except (FileNotFoundError, RecipeError) as error:
        print(error, file=sys.stderr)
        return FAILED
    return 0


def _mine(given: argparse.Namespace) -> None:
    from bot.training.clozes import MADE
    from bot.training.examples import write_examples

    write_examples(given.work, MADE)


def _train(given: argparse.Namespace) -> None:
    from dataclasses import asdict, replace

    from bot.answering.spans.model import digest_of, packaged_model, save_model
    from bot.training.curve import draw_curve
    from bot.training.train import train

    chosen = {name: value for name in _CHOSEN if (value := getattr(given, name)) is not None}
    recipe = replace(RECIPES[given.recipe], **chosen)
    if bool(recipe.taught) != bool(given.teachers):
        raise RecipeError(f"the recipe {given.recipe} {'needs' if recipe.taught else 'takes no'} --teachers")
    run = given.work / "runs" / given.name
    network = train(given.work, _folder_of(given.encoder), recipe, run, given.start, given.teachers)
    draw_curve(run / "log.jsonl", run / "loss.svg")
    began: dict[str, object] = {"start": digest_of(given.start)} if given.start else {}
    if given.teachers:
        began["teachers"] = [digest_of(folder) for folder in given.teachers]
    target = packaged_model() if given.write else run
    save_model(target, network, given.encoder, given.languages, recipe=asdict(recipe), **began)


def _average(given: argparse.Namespace) -> None:
    from bot.answering.spans.model import digest_of, encoder_of, load_network, packaged_model, save_model
    from bot.training.averaging import averaged

    folders: list[Path] = given.models
    encoder = encoder_of(folders[0])
    network = averaged([load_network(folder, _folder_of(encoder)) for folder in folders])
    target = packaged_model() if given.write else given.work / "runs" / given.name
    average = [digest_of(folder) for folder in folders]
    target.mkdir(parents=True, exist_ok=True)
    save_model(target, network, encoder, given.languages, average=average)


def _measure(given: argparse.Namespace) -> None:
    from bot.answering.spans.model import encoder_of, load_network, packaged_model
    from bot.training.ablations import measure_network

    folder = given.model or packaged_model()
    encoder_folder = _folder_of(encoder_of(folder))
    print(measure_network(given.work, load_network(folder, encoder_folder), encoder_folder))


def _fit(given: argparse.Namespace) -> None:
    from bot.answering.spans.model import encoder_of, load_model, packaged_model
    from bot.training.fitting import fit_all
    from bot.training.keeping import Kept
    from bot.training.observing import observe_all

    folder = given.model or packaged_model()
    model = load_model(folder, _folder_of(encoder_of(folder)))
    fitted, report = fit_all(observe_all(given.work, model, Kept(given.work / "observed" / model.digest[:12])))
    print(report)
    if given.write:
        WEIGHTS.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


def _ablations(given: argparse.Namespace) -> None:
    from bot.training.ablations import measure_ablation

    for name in given.only or ABLATIONS:
        print(f"{name}: {measure_ablation(given.work, _folder_of(ENCODER), name)}", flush=True)


_STAGES = {
    "mine": _mine,
    "train": _train,
    "average": _average,
    "measure": _measure,
    "fit": _fit,
    "ablations": _ablations,
}


def _folder_of(encoder: str) -> Path:
    from index import locate_weights

    return locate_weights(encoder).folder


def _parser() -> argparse.ArgumentParser:
    summary, _, details = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser("python -m bot.training", description=summary, epilog=details)
    parser.add_argument("--work", type=Path, default=Path(".work/training"), help="where everything is kept")
    stages = parser.add_subparsers(dest="stage", required=True)
    stages.add_parser("mine", help="find hard negatives with the project's own search")
    training = stages.add_parser("train", help="train the reading model, or go on training it")
    training.add_argument("--name", default="full", help="of the run")
    training.add_argument("--encoder", default=ENCODER, help="from whose weights it grows, a name or a folder")
    training.add_argument("--start", type=Path, help="the folder of a reading model to begin with, instead of growing")
    training.add_argument(
        "--teachers", type=Path, nargs="+", default=[], help="folders of reading models to learn from"
    )
    training.add_argument("--languages", nargs="+", default=["en"], help="that it is said to read: ISO 639-1 codes")
    training.add_argument("--recipe", choices=RECIPES, default="plain", help="what is trained on, and how")
    training.add_argument("--rounds", type=int, help="instead of the recipe's")
    training.add_argument("--rate", type=float, help="instead of the recipe's")
    training.add_argument("--layers", type=int, help="that are left of the network it starts with (all)")
    training.add_argument("--seed", type=int, help="instead of the recipe's")
    training.add_argument("--write", action="store_true", help="replace the packaged reading model")
    averaging = stages.add_parser("average", help="join models that were trained on from one another")
    averaging.add_argument("models", type=Path, nargs="+", metavar="FOLDER", help="of the reading models")
    averaging.add_argument("--name", default="averaged", help="of the run that it is kept as")
    averaging.add_argument("--languages", nargs="+", default=["en"], help="that it is said to read: ISO 639-1 codes")
    averaging.add_argument("--write", action="store_true", help="replace the packaged reading model")
    measuring = stages.add_parser("measure", help="measure a reading model alone, on held-back questions")
    measuring.add_argument("--model", type=Path, help="its folder (the packaged one)")
    fitting = stages.add_parser("fit", help="fit the weights of the evidence and the confidence")
    fitting.add_argument("--model", type=Path, help="the folder of a reading model (the packaged one)")
    fitting.add_argument("--write", action="store_true", help="replace the packaged weights")
    ablations = stages.add_parser("ablations", help="train on a twentieth with one ingredient less each")
    ablations.add_argument("--only", nargs="*", choices=ABLATIONS, help="some of them")
    return parser
