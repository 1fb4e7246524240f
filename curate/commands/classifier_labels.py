"""The labelled texts that `curate classifier` commands are given."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from curate.errors import UsageError

if TYPE_CHECKING:
    from curate.readers.labelled import Labelled


class Asked(NamedTuple):
    """Where texts and labels are, as a user says it."""

    labels: str | None
    good: tuple[str, ...]
    bad: tuple[str, ...]
    text: str
    label: str
    split: str | None


def labels_options(function: Callable[..., None]) -> Callable[..., None]:
    """Add what says where texts and labels are; the function is given it as `asked`."""

    @wraps(function)
    def with_asked(**given: Any) -> None:
        asked = Asked(**{name: given.pop(name) for name in Asked._fields})
        function(asked=asked, **given)

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
        with_asked = decorate(with_asked)
    return with_asked


def labelled(asked: Asked) -> "list[Labelled]":
    """The labelled texts. Raises UsageError where the options do not go together."""
    from curate.readers.labelled import Columns, read_labelled, read_sides

    right = "Name a file of labelled texts, or both --good FILE and --bad FILE"
    if asked.labels is not None and (asked.good or asked.bad):
        raise UsageError("classifier", "got LABELS together with --good or --bad", right)
    if asked.labels is None:
        if not asked.good or not asked.bad:
            raise UsageError("classifier", "no labels are given", right)
        if asked.split is not None:
            raise UsageError("--split", "it goes with LABELS only", right)
        return read_sides(asked.good, asked.bad, asked.text)
    return read_labelled(asked.labels, Columns(asked.text, asked.label, asked.split))
