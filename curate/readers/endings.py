"""Which format a file has, told by its ending."""

from pathlib import Path
from typing import Final

from curate.errors import InputError
from curate.recipe.source import FileFormat, Source

FORMATS: Final[dict[str, FileFormat]] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".txt": "text",
}
COMPRESSIONS: Final = (".gz", ".zst")
COLUMNAR: Final = ("parquet", "arrow")


def without_endings(name: str) -> str:
    """A file's name without the endings of its compression and format.

    >>> without_endings("tickets.v2.jsonl.gz")
    'tickets.v2'
    """
    for endings in (COMPRESSIONS, FORMATS):
        suffix = Path(name).suffix
        if suffix.lower() in endings and suffix != name:
            name = name.removesuffix(suffix)
    return name


def format_of(name: str) -> FileFormat | None:
    """The format that a file's ending names, compression aside."""
    suffix = Path(name).suffix.lower()
    if suffix in COMPRESSIONS:
        inner = FORMATS.get(Path(Path(name).stem).suffix.lower())
        return None if inner in COLUMNAR else inner
    return FORMATS.get(suffix)


def known_format(name: str, source: Source) -> FileFormat:
    """The format of a file: what the source says, else what the ending says."""
    found = source.format or format_of(name)
    if found is None:
        raise InputError(
            name,
            f"no format is known for the ending {''.join(Path(name).suffixes[-2:])!r}",
            f"Use one of {', '.join(FORMATS)} (with .gz or .zst for text), or set format:",
        )
    return found
