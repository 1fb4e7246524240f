"""`curate pii eval FILE`."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from curate.output import Output, json_option, visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from curate.operators.pii import Pii
    from curate.pii.evaluation import Score
    from curate.pii.finding import Finding
    from curate.pii.labelled import Labelled

DIFFERENCES_SHOWN = 5
SCORE_ROUNDING = 0.001


class _Run(NamedTuple):
    """What one detector did with the texts."""

    findings: "list[list[Finding]]"
    seconds: float
    """CPU time, user and system."""


@click.command(short_help="Measure how well labelled personal data is found.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--entity", "entities", multiple=True, help="What is looked for; by default as by `pii`."
)
@click.option("--threshold", type=click.FloatRange(0, 1), help="The least score that counts.")
@click.option("--pack", metavar="PACK", help="Own entities, as the step's `pack`.")
@click.option("--names", metavar="MODEL", help="A model that finds names, as the step's `names`.")
@click.option(
    "--map",
    "mapped",
    metavar="LABEL=ENTITY",
    multiple=True,
    help="What a label of the file is called, such as GPE=LOCATION; repeatable.",
)
@click.option("--presidio/--no-presidio", default=True, help="Run Presidio's engine beside.")
@json_option
def evaluate(
    file: Path,
    entities: tuple[str, ...],
    threshold: float | None,
    pack: str | None,
    names: str | None,
    mapped: tuple[str, ...],
    presidio: bool,
    as_json: bool,
) -> None:
    """Measure precision, recall and F2 by entity on the labelled spans of FILE.

    FILE has JSON, JSON Lines or the columns of CoNLL, plain or compressed. A labelled span is found
    where a finding of its entity overlaps it; `exact` is the share of which the bounds are the same
    too. Beside them stands what Presidio's BatchAnalyzerEngine finds with the same recognizers and
    the same model.
    """
    from curate.pii.evaluation import renamed, scores

    given = {"entities": entities, "threshold": threshold, "pack": pack, "names": names}
    step = _step(given)
    documents = renamed(_read(file), _names(mapped))
    ours = _ours(step, documents)
    beside = _beside(step, documents) if presidio else None
    told = {"curate": scores(documents, _spans(ours), step.sought())}
    if beside is not None:
        told["presidio"] = scores(documents, _spans(beside), step.sought())
    output = Output(as_json)
    output.emit(_document(len(documents), told, ours, beside))
    _print(len(documents), told, ours, beside, output)


def _read(file: Path) -> "list[Labelled]":
    from curate.errors import InputError
    from curate.pii.labelled import parse_labelled
    from curate.readers.streams import STREAM_ERRORS, open_stream

    try:
        with open_stream(file, str(file)) as stream:
            return parse_labelled(stream.read(), str(file))
    except STREAM_ERRORS as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(str(file), f"it cannot be read: {reason}", "Check the path.") from None


def _step(settings: "Mapping[str, Any]") -> "Pii":
    """The step that would look for the same in a build."""
    from pydantic import ValidationError

    from curate.errors import UsageError
    from curate.operators.pii import Pii

    given = {name: value for name, value in settings.items() if value not in (None, ())}
    try:
        return Pii.model_validate(given, context={"base": Path.cwd()})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        reason = str(first.get("ctx", {}).get("error") or first["msg"])
        raise UsageError("pii eval", "these options do not go together", reason) from None


def _names(mapped: "Sequence[str]") -> dict[str, str]:
    from curate.errors import UsageError

    wrong = next((one for one in mapped if "=" not in one), None)
    if wrong is not None:
        raise UsageError(f"--map {wrong}", "it is no pair", "Expected LABEL=ENTITY.")
    parted = (one.partition("=") for one in mapped)
    return {label: entity for label, _, entity in parted}


def _ours(step: "Pii", documents: "Sequence[Labelled]") -> _Run:
    import pyarrow as pa

    finder = step.finder()
    texts = pa.array([one.text for one in documents], pa.string())
    began = time.process_time()
    found = {row: list(each) for row, _, each in finder.find(texts)}
    seconds = time.process_time() - began
    return _Run([found.get(row, []) for row in range(len(documents))], seconds)


def _beside(step: "Pii", documents: "Sequence[Labelled]") -> _Run:
    from curate.pii.beside import findings_beside

    engine, texts = step.beside(), [one.text for one in documents]
    began = time.process_time()
    found = list(findings_beside(engine, texts, step.sought(), step.lowest()))
    return _Run(found, time.process_time() - began)


def _spans(run: _Run) -> list[list[Any]]:
    from curate.pii.labelled import LabelledSpan

    return [
        [LabelledSpan(one.start, one.end, one.entity) for one in findings]
        for findings in run.findings
    ]


def _differing(ours: _Run, beside: _Run) -> list[int]:
    pairs = zip(ours.findings, beside.findings, strict=True)
    return [row for row, (one, other) in enumerate(pairs) if not _alike(one, other)]


def _alike(ours: "Sequence[Finding]", theirs: "Sequence[Finding]") -> bool:
    """Whether findings are equal, but for the rounding of a model's scores."""
    near = (
        one._replace(score=other.score) == other and abs(one.score - other.score) < SCORE_ROUNDING
        for one, other in zip(sorted(ours), sorted(theirs), strict=False)
    )
    return len(ours) == len(theirs) and all(near)


def _document(
    texts: int,
    told: "Mapping[str, Mapping[str, Score]]",
    ours: _Run,
    beside: _Run | None,
) -> dict[str, Any]:
    document: dict[str, Any] = {"texts": texts, "seconds": {"curate": ours.seconds}}
    if beside is not None:
        document["seconds"]["presidio"] = beside.seconds
        document["differing_texts"] = _differing(ours, beside)
    for name, by_entity in told.items():
        document[name] = {
            entity: {**one._asdict(), "precision": one.precision, "recall": one.recall}
            | {"f2": one.f2}
            for entity, one in by_entity.items()
        }
    return document


def _print(
    texts: int,
    told: "Mapping[str, Mapping[str, Score]]",
    ours: _Run,
    beside: _Run | None,
    output: Output,
) -> None:
    heads = ["entity", "labelled", "found", "precision", "recall", "F2", "exact"]
    heads += ["Presidio's", "recall", "F2"] if beside is not None else []
    rows: list[list[str | int]] = []
    for entity, one in told["curate"].items():
        exact = one.exact / one.labelled if one.labelled else None
        shown = map(_figure, (one.precision, one.recall, one.f2, exact))
        cells: list[str | int] = [entity, one.labelled, one.found, *shown]
        if beside is not None:
            other = told["presidio"][entity]
            cells += [_figure(each) for each in (other.precision, other.recall, other.f2)]
        rows.append(cells)
    output.table(heads, rows)
    each = f"{texts:,} texts: curate {ours.seconds:.2f} s"
    if beside is None:
        output.line(f"{each} of CPU time")
        return
    differing = _differing(ours, beside)
    same = "all findings equal" if not differing else f"{len(differing):,} texts differ"
    output.line(f"{each}, Presidio {beside.seconds:.2f} s of CPU time, start-up apart; {same}")
    for row in differing[:DIFFERENCES_SHOWN]:
        sides = f"curate {ours.findings[row]}, Presidio {beside.findings[row]}"
        output.line(visible(f"  text {row + 1}: {sides}"))


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
