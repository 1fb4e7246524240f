"""`curate classifier train LABELS --out FILE`."""

import re
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curate.commands.classifier_labels import Asked, labelled, labels_options
from curate.commands.classifier_report import curve_rows, label_rows, overall, shortened
from curate.output import Output, json_option, quiet_option, visible

if TYPE_CHECKING:
    from curate.classifier.model import Ensemble, EnsembleName
    from curate.classifier.training import Trained

ERRORS_SHOWN = 10


@click.command(short_help="Train a classifier on labelled texts.")
@labels_options
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, metavar="FILE", help="What to write."
)
@click.option("--name", help="What its signals are called by.  [default: that of the file]")
@click.option("--folds", type=click.IntRange(2, 100), default=5, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the folds.")
@click.option(
    "--ngrams",
    type=click.IntRange(1, 2),
    help="1 for words, 2 for pairs of words too.  [default: the better one]",
)
@click.option(
    "--bits", type=click.IntRange(8, 24), help="Features fall into 2^N buckets.  [default: 20]"
)
@click.option(
    "--c",
    "strength",
    type=click.FloatRange(0, min_open=True),
    help="The inverse strength of the L2 penalty.  [default: the best of 1, 3, 10 and 30]",
)
@click.option(
    "--ensemble",
    type=click.Choice(["BalancedBagging", "EasyEnsemble", "BalancedRandomForest"]),
    help="Members that learn from balanced subsets, for labels of unequal size.",
)
@click.option(
    "--members", type=click.IntRange(1), help="Of an ensemble.  [default: 10; of trees 100]"
)
@click.option("--embedding", metavar="MODEL", help="Look at embeddings instead of words.")
@click.option("--max-tokens", type=click.IntRange(8), help="Of an embedding.  [default: 512]")
@click.option(
    "--errors",
    type=click.IntRange(0),
    default=ERRORS_SHOWN,
    show_default=True,
    help="Likely label errors to list; with --json too.",
)
@json_option
@quiet_option
def train(
    asked: Asked,
    out: Path,
    name: str | None,
    folds: int,
    seed: int,
    ngrams: int | None,
    bits: int | None,
    strength: float | None,
    ensemble: "EnsembleName | None",
    members: int | None,
    embedding: str | None,
    max_tokens: int | None,
    errors: int,
    as_json: bool,
    quiet: bool,
) -> None:
    """Train a classifier on LABELS, and say how good it is on texts that it did not learn from.

    LABELS is a file in any format that `build` reads, with a column of texts and one of labels;
    or give --good FILE and --bad FILE. The classifier is a logistic regression over words and pairs
    of words, cross-validated in folds that part no equal texts, and calibrated on them.

    --ensemble BalancedBagging is the mean of such models, each of all texts of the smallest label
    and as many of each other one. EasyEnsemble boosts stumps on such subsets,
    BalancedRandomForest grows trees on them.
    """
    import hashlib

    from curate.classifier.crossing import Settings
    from curate.classifier.file import encoded
    from curate.classifier.fitting import require
    from curate.classifier.model import BITS
    from curate.classifier.training import train as run
    from curate.errors import RefusedError, UsageError
    from curate.export.place import placed
    from curate.listener import listener_for

    require()
    if embedding is not None and (ngrams is not None or bits is not None):
        found = "--ngrams and --bits are about words"
        raise UsageError("--embedding", found, "Leave them out, or --embedding")
    if embedding is None and max_tokens is not None:
        raise UsageError("--max-tokens", "it goes with --embedding only", "Leave it out")
    chosen = _ensemble(ensemble, members, strength)
    settings = Settings(
        name=_name(name, out),
        folds=folds,
        seed=seed,
        c=strength,
        ngrams=ngrams,
        bits=bits or BITS,
        embedding=embedding,
        max_tokens=max_tokens or 512,
        ensemble=chosen,
    )
    if out.is_dir():
        raise RefusedError(str(out), "is a folder", "Name a file.")
    given = labelled(asked)
    with placed(out) as partial, closing(listener_for(quiet or as_json)) as progress:
        partial.touch()  # where it cannot be written, nothing is trained in vain
        made = run([one.text for one in given], [one.label for one in given], settings, progress)
        content = encoded(made.classifier)
        partial.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    output = Output(as_json)
    output.emit(_document(made, out, sha256, errors))
    _print(made, out, sha256, errors, output)


def _ensemble(
    kind: "EnsembleName | None", members: int | None, strength: float | None
) -> "Ensemble | None":
    from curate.classifier.ensembles import MEMBERS, OF_TREES, require_ensembles
    from curate.classifier.model import Ensemble
    from curate.errors import UsageError

    if kind is None:
        if members is not None:
            raise UsageError("--members", "it goes with --ensemble only", "Leave it out")
        return None
    require_ensembles()
    if kind in OF_TREES and strength is not None:
        found = f"{kind} is made of trees, which have no penalty"
        raise UsageError("--c", found, "Leave it out, or take BalancedBagging")
    return Ensemble(kind=kind, members=members or MEMBERS[kind])


def _name(name: str | None, out: Path) -> str:
    from curate.errors import UsageError
    from curate.signals.registry import NAME

    found = re.sub(r"[^a-z0-9]+", "_", out.name.partition(".")[0].lower()).strip("_")
    chosen = found if name is None else name
    if not NAME.fullmatch(chosen):
        right = "Say --name NAME with a to z, 0 to 9 and _, a letter first"
        raise UsageError("--name", f"{chosen!r} is no name for a signal", right)
    return chosen


def _document(made: "Trained", out: Path, sha256: str, errors: int) -> dict[str, Any]:
    from curate.history.document import document

    details = made.classifier.details
    return {
        "file": str(out),
        "sha256": sha256,
        "classifier": details.model_dump(exclude={"figures"}, exclude_none=True),
        "figures": document(made.figures),
        "uncalibrated_error": made.uncalibrated,
        "tried": document(made.tried),
        "conflicting_texts": made.conflicting,
        "telling": {label: document(found) for label, found in made.telling.items()},
        "label_errors": len(made.errors),
        "likely_errors": [
            document(one) | {"text": made.texts[one.text]} for one in made.errors[:errors]
        ],
    }


def _print(made: "Trained", out: Path, sha256: str, errors: int, output: Output) -> None:
    from curate.classifier.model import signal_names

    details = made.classifier.details
    how = details.features.model_dump()
    told = ", ".join(f"{key} {value}" for key, value in how.items() if key != "hash")
    if details.ensemble is not None:
        told += f"; {details.ensemble.kind} of {details.ensemble.members}"
    if details.c is not None:
        told += f"; c {details.c:g}"
    output.line(_text(f"{details.examples:,} texts; {told}", "bold"))
    if made.conflicting:
        output.line(_text(f"{made.conflicting:,} texts are there with several labels.", "yellow"))
    output.line()
    overall(made.figures, output)
    output.line(_text(f"calibration error before calibration {made.uncalibrated:.4f}", "dim"))
    output.line()
    output.table(*label_rows(made.figures))
    output.line()
    output.table(*curve_rows(made.figures))
    for label, found in made.telling.items():
        words = ", ".join(f"{one.words!r} {one.weight:.1f}" for one in found)
        output.line()
        output.line(_text(f"for {label}: {words}"))
    output.line()
    number = len(made.errors)
    output.line(_text(f"{number:,} labels are likely wrong (confident learning)", "bold"))
    rows = [
        (one.given, one.likely, one.margin, shortened(made.texts[one.text]))
        for one in made.errors[:errors]
    ]
    if rows:
        output.table(("label", "likely", "margin", "text"), rows)
    output.line()
    names = ", ".join([details.name, *signal_names(details.name, details.labels).values()])
    output.line(_text(f"{out}: sha256 {sha256[:12]}; signals {names}"))


def _text(words: str, style: str = "") -> Any:
    from rich.text import Text

    return Text(visible(words), style)
