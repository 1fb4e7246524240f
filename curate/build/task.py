"""What a worker is asked to do with one part, and what it answers; both travel by pickle."""

from pathlib import Path
from typing import NamedTuple

from curate.build.account import Count
from curate.readers import InputFile
from curate.recipe import Step
from curate.recipe.source import Source

Counts = dict[tuple[str, str], Count]


class ReadTask(NamedTuple):
    """Read one file into parts."""

    file: InputFile
    source: Source
    source_name: str
    stage: Path
    number: int
    batch_size: int
    limit: int | None


class ReadResult(NamedTuple):
    """What reading a file gave; parts are named by the file's number and theirs."""

    number: int
    parts: int
    records: int
    quarantined: int


class RowTask(NamedTuple):
    """Run row-wise steps over one part, and take the facts of the selections that follow."""

    part: Path
    apply: Path | None
    stage: Path
    name: str
    steps: tuple[Step, ...]
    selections: tuple[Step, ...]
    seed: int
    known: dict[str, Path]
    """For each signal step, where the hashes are of the texts that it need not measure."""


class RowResult(NamedTuple):
    """What became of a part: how many records it had, and the counts of the steps."""

    records: int
    counts: Counts
