"""Texts with labels, out of files of any format that is read."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple

from curate.errors import InputError
from curate.fields import FIELDS, can_be_judged, field_texts
from curate.readers.columns import RecordColumns
from curate.readers.entry import Entry
from curate.readers.locate import InputFile, resolve
from curate.readers.problem import BadRecordError, named
from curate.readers.reading import entries_of
from curate.readers.shapes.column import Column, listed
from curate.readers.shapes.shaper import Shaper
from curate.readers.streams import STREAM_ERRORS
from curate.recipe.source import Source

BATCH: Final = 1000
_NO_ID: Final = bytes(16)


class Columns(NamedTuple):
    """Where a file has its texts and labels."""

    text: str = "text"
    """A column, or a field of a record such as `response`."""
    label: str | None = "label"
    """A column, dotted paths reaching into objects; None where the file is all of one label."""
    split: str | None = None
    """The rows whose column `split` says so; None takes all."""


class Labelled(NamedTuple):
    """A text and its label."""

    text: str
    label: str


def read_labelled(path: str, columns: Columns, label: str = "") -> list[Labelled]:
    """The labelled texts of a file, folder, pattern or dataset of the Hub, in their order.

    `label` is that of all where no column has it. Raises InputError with the place of the first row
    that has no text or no label, and with what would be right.
    """
    source = Source(path=path, name="labels")
    found: list[Labelled] = []
    for file in resolve(source, Path()):
        try:
            with closing(entries_of(file, source, BATCH)) as entries:
                found += _labelled(file, entries, columns, label)
        except STREAM_ERRORS as error:
            right = "Fetch or write it again"
            raise InputError(file.name, f"the file is cut or damaged: {error}", right) from error
    if not found:
        where = "no row" if columns.split is None else f"no row of the split {columns.split!r}"
        raise InputError(path, f"{where} has a text", "Name a file with labelled texts")
    return found


def _labelled(
    file: InputFile, entries: Iterator[Entry], columns: Columns, label: str
) -> Iterator[Labelled]:
    first = next(entries, None)
    if first is None:
        return
    if first.value is not None:
        _check(file, first, columns)
    texts = _Texts(file, columns.text)
    for entry in chain([first], entries):
        where = f"{file.name}:{entry.line}"
        if entry.value is None:
            right = "Repair the row, or take it out"
            raise InputError(where, str(entry.problem), right)
        if columns.split is not None and str(entry.value.get("split")) != columns.split:
            continue
        said = label if columns.label is None else _label(entry.value, columns.label, where)
        yield Labelled(texts.of(entry, where), said)


def _check(file: InputFile, first: Entry, columns: Columns) -> None:
    """Whether the first row has the columns at all, and what may have been meant."""
    row = first.value or {}
    wanted = {"--label": columns.label, "--split": None if columns.split is None else "split"}
    if not can_be_judged(columns.text) or columns.text == "text":
        wanted["--text"] = columns.text if columns.text not in FIELDS or _plain(row) else None
    for option, name in wanted.items():
        if name is None or name in row or "." in name:
            continue
        near = get_close_matches(name, row, n=1)
        guess = f"Did you mean {near[0]!r}?" if near else f"The columns are {listed(row)}."
        how = f" Say {option} COLUMN." if option != "--split" else ""
        raise InputError(f"{file.name}:{first.line}", f"no column {name!r}", f"{guess}{how}")


def _plain(row: dict[str, Any]) -> bool:
    """Whether a row is no record of a conversation, so that `text` can only be a column."""
    try:
        return Shaper(None, "labels").content(row).text is None
    except BadRecordError:
        return True


def _label(row: dict[str, Any], column: str, where: str) -> str:
    try:
        value = Column(column).of(row)
    except BadRecordError as error:
        raise InputError(where, str(error), "Label the row, or take it out") from error
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str | int) and str(value).strip():
        return str(value).strip()
    found = "empty" if value == "" or isinstance(value, str) else named(value)
    right = f"Expected a text, a number or a boolean in {column!r}"
    raise InputError(where, f"its label is {found}", right)


class _Texts:
    """The texts of rows: of a column, or of a field of the record that a row is."""

    def __init__(self, file: InputFile, name: str) -> None:
        self._name = name
        self._shaper = Shaper(None, "labels")
        self._records = RecordColumns("labels", file.name, None)

    def of(self, entry: Entry, where: str) -> str:
        """The text of a row; InputError where it has none."""
        assert entry.value is not None
        if self._name in entry.value:
            value = entry.value[self._name]
        elif can_be_judged(self._name):
            value = self._of_record(entry, where)
        else:
            try:
                value = Column(self._name).of(entry.value)
            except BadRecordError as error:
                raise InputError(where, str(error), "Give it a text, or take it out") from error
        if isinstance(value, str):
            return value
        right = f"Expected a text in {self._name!r}, as a column or a field of the record"
        raise InputError(where, f"its text is {named(value)}", right)

    def _of_record(self, entry: Entry, where: str) -> Any:
        assert entry.value is not None
        try:
            content = self._shaper.content(entry.value)
            self._records.add(_NO_ID, entry.line, content)
        except BadRecordError as error:
            right = "Name the column of the text: --text COLUMN"
            raise InputError(where, str(error), right) from error
        return field_texts(self._records.take(), self._name)[0].as_py()


def read_sides(good: Sequence[str], bad: Sequence[str], text: str) -> list[Labelled]:
    """The texts of files that are good or bad as a whole."""
    columns = Columns(text, None)
    return [
        one
        for label, paths in (("good", good), ("bad", bad))
        for path in paths
        for one in read_labelled(path, columns, label)
    ]
