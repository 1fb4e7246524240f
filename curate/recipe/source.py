"""Sources of records, as a recipe declares them: files, and versions of the store."""

from pathlib import PurePosixPath
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

FileFormat = Literal["jsonl", "json", "csv", "tsv", "parquet", "arrow", "text"]

_COMPRESSIONS = (".gz", ".zst", ".bz2", ".xz")
_ENDINGS = (*(f".{name}" for name in get_args(FileFormat)), ".ndjson", ".txt", ".md", ".feather")


class ColumnMap(BaseModel):
    """Which columns of the input are which parts of a record; dotted paths reach into objects."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    messages: str | None = None
    """The conversation: a list of turns."""
    prompt: str | None = None
    """The prompt: a text, or a list of turns."""
    input: str | None = None
    """Context that belongs to the prompt, as Alpaca's `input`."""
    response: str | None = None
    """The wanted answer: a text, or turns."""
    system: str | None = None
    """The system prompt."""
    history: str | None = None
    """Earlier turns, as a list of [question, answer]."""
    chosen: str | None = None
    """The preferred answer: a text, or turns."""
    rejected: str | None = None
    """The answer that is not preferred: a text, or turns."""
    desirable: str | None = None
    """Whether the answer is wanted: a boolean, or 0 and 1."""
    text: str | None = None
    """A plain document."""
    tools: str | None = None
    """The tools on offer: a JSON array, or its text."""
    license: str | None = None
    """The licence of the record."""
    labels: dict[str, str] = {}
    """Label name -> column."""


class Source(BaseModel):
    """Files that records come from."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, populate_by_name=True
    )

    path: str
    """A file, directory or glob relative to the recipe, or hf://org/name@revision:split."""
    name: str = ""
    """The source's name, part of every id; by default made from the path."""
    key: str | None = None
    """The column whose value identifies a record."""
    license: str | None = None
    """The licence of records that name none themselves."""
    format: FileFormat | None = None
    """The file format; by default told by the file's ending."""
    columns: ColumnMap | None = Field(default=None, alias="map")
    """Columns by the record's words; by default the shape is detected."""


class StoredSource(BaseModel):
    """A version of the store that records come from: they keep their id, source and place."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    ref: str
    """The REF of a version, or of one split of it: dataset@3:train."""
    name: str = ""
    """What slices by `ref` call it; by default the REF as it is written. No part of any id."""


def default_name(path: str) -> str:
    """The name of a source that declares none: its file's without endings, or its folder's.

    Empty where the path has neither, such as `*.jsonl`: a name must then be given, since it is part
    of every id and must not depend on where the recipe lies.

    >>> [default_name(path) for path in ("in/tickets.jsonl.gz", "v1.2/*.jsonl", "hf://org/name@main")]
    ['tickets', 'v1.2', 'org/name']
    """
    if path.startswith("hf://"):
        return path.removeprefix("hf://").partition("@")[0].partition(":")[0].strip("/")
    parts = [part for part in PurePosixPath(path).parts if part not in ("/", "..", ".")]
    while parts and any(mark in parts[-1] for mark in "*?["):
        parts.pop()
    if not parts:
        return ""
    name = parts[-1]
    for endings in (_COMPRESSIONS, _ENDINGS):
        ending = next((end for end in endings if name.lower().endswith(end)), "")
        name = name[: len(name) - len(ending)]
    return name
