"""`curate leaks A B`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curate.output import Output, json_option, quiet_option, store_option, visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from curate.history.leaks import Leak, Leaks
    from curate.store import Version

MEANING = {
    "exact": "equal records",
    "near": "near-duplicates",
    "prompt": "equal prompts, other answers",
}
TEXT_SHOWN = 96
"""Characters of a record's text that are shown."""


@click.command()
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@click.option(
    "--threshold",
    type=click.FloatRange(0.1, 1),
    default=0.8,
    show_default=True,
    help="The Jaccard similarity of word 5-grams from which records are near-duplicates.",
)
@click.option(
    "--examples", type=click.IntRange(0), default=5, show_default=True, help="Of each kind."
)
@store_option
@json_option
@quiet_option
def leaks(
    one: str, other: str, threshold: float, examples: int, store: Path, as_json: bool, quiet: bool
) -> None:
    """Say which records of version B the version A has too: all, almost, or by their prompt.

    A and B are REFs, most often splits: `curate leaks support-sft:train support-sft:eval`. What B
    shares with A tells nothing of a model that was trained on A. The exit code is 12 where anything
    leaks.
    """
    from curate.errors import ContaminatedError
    from curate.history.leaks import leaks as ask
    from curate.listener import listener_for
    from curate.store import Store

    opened = Store.open(store)
    trained, held_out = opened.version(one), opened.version(other)
    progress = listener_for(quiet or as_json)
    try:
        found = ask(held_out, trained, threshold, progress)
    finally:
        progress.close()
    output = Output(as_json)
    output.emit(_document(trained, held_out, threshold, found) if as_json else {})
    _print(trained, held_out, found, examples, output)
    if found.leaked():
        raise ContaminatedError(
            held_out.ref,
            f"{found.leaked():,} of {found.records:,} records leak from {trained.ref}",
            "A step `split: {by: cluster}` keeps them on one side; "
            f"`near_dedup: {{against: {trained.ref}}}` drops them.",
        )


def _print(
    trained: "Version", held_out: "Version", found: "Leaks", examples: int, output: Output
) -> None:
    if output.as_json:
        return
    from rich.text import Text

    head = f"{held_out.ref} ({found.records:,} records) beside {trained.ref} ({found.others:,})"
    output.line(Text(visible(head), "bold"))
    rows = [
        [kind, MEANING[kind], len(leaked), f"{len(leaked) / max(1, found.records):.1%}"]
        for kind, leaked in found.found.items()
    ]
    output.table(["leak", "", "records", "share"], rows)
    shown = {kind: leaked[:examples] for kind, leaked in found.found.items()}
    texts = held_out.payloads([leak.hash for leaked in shown.values() for leak in leaked])
    for leaked in shown.values():
        for leak in leaked:
            output.line()
            output.line(_line(leak))
            output.line(Text(visible(f"  {_text(texts.get(leak.hash))}"), "dim"))


def _line(leak: "Leak") -> Any:
    from rich.text import Text

    line = Text(f"{leak.kind:<6} ", "magenta").append(leak.id.hex()[:12], "bold")
    if leak.kind == "near":
        line.append(f"  {leak.similarity:.4f}")
    return line.append(f"  as {leak.other.hex()[:12]}", "dim")


def _text(content: "Mapping[str, Any] | None") -> str:
    """The beginning of what a record says."""
    if content is None:
        return "its content is not stored any more"
    turns = [turn["content"] or "" for turn in content["messages"] or []]
    said = " ".join((content["text"] or " / ".join(turns)).split())
    return said if len(said) <= TEXT_SHOWN else f"{said[:TEXT_SHOWN]} ..."


def _document(
    trained: "Version", held_out: "Version", threshold: float, found: "Leaks"
) -> dict[str, Any]:
    return {
        "a": trained.ref,
        "b": held_out.ref,
        "threshold": threshold,
        "records": found.records,
        "leaked": found.leaked(),
        **{
            kind: [
                {
                    "id": leak.id,
                    "other": leak.other,
                    "similarity": None if kind == "prompt" else leak.similarity,
                }
                for leak in leaked
            ]
            for kind, leaked in found.found.items()
        },
    }
