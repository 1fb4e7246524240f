"""The labelled texts that `curate classifier` commands are given."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from curate.errors import UsageError

if TYPE_CHECKING:
    from curate.readers.labelled import Labelled

Function = TypeVar("Function", bound=Callable[..., Any])


def labels_options(function: Function) -> Function:
    """Add what says where texts and labels are."""
    for decorate in reversed(
        (
            click.argument("labels", required=False),
            click.option("--good", multiple=True, metavar="FILE", help="All good; repeatable."),
            click.option("--bad", multiple=True, metavar="FILE", help="All bad; repeatable."),
            click.option(
                "--text",
                default="text",
                show_default=True,
                metavar="COLUMN",
                help="The column of the texts, or a field of records such as response.",
            ),
            click.option(
                "--label",
                default="label",
                show_default=True,
                metavar="COLUMN",
                help="The column of the labels, such as labels.topic.",
            ),
            click.option(
                "--split", metavar="NAME", help="Only rows whose column `split` says NAME."
            ),
        )
    ):
        function = decorate(function)
    return function


def labelled(
    labels: str | None,
    good: tuple[str, ...],
    bad: tuple[str, ...],
    text: str,
    label: str,
    split: str | None,
) -> "list[Labelled]":
    """The labelled texts. Raises UsageError where the options do not go together."""
    from curate.readers.labelled import Columns, read_labelled, read_sides

    right = "Name a file of labelled texts, or both --good FILE and --bad FILE"
    if labels is not None and (good or bad):
        raise UsageError("classifier", "got LABELS together with --good or --bad", right)
    if labels is None:
        if not good or not bad:
            raise UsageError("classifier", "no labels are given", right)
        if split is not None:
            raise UsageError("--split", "it goes with LABELS only", right)
        return read_sides(good, bad, text)
    return read_labelled(labels, Columns(text, label, split))
