"""The texts that are judged: of the scale corpus, or of a file."""

import gzip
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.compute as pc
from corpus_records import chunks

BLANK_LINE = "\n\n"


def documents(file: str | None, columns: Sequence[str], number: int) -> Iterator[str]:
    """So many texts: conversations of the corpus, or columns of JSON Lines, as one text each.

    Where a file has fewer, it begins again.
    """
    found = _of_corpus(number) if file is None else cycle(_of_file(Path(file), columns))
    return islice(found, number)


def write(folder: Path, found: Iterator[str], sizes: Sequence[int]) -> int:
    """Write the first texts as JSON Lines, a file for each size; return the bytes of the largest.

    The files are `folder/SIZE/texts.jsonl`: some readers want a folder.
    """
    ends = sorted(set(sizes))
    paths = [folder / str(size) / "texts.jsonl" for size in ends]
    for path in paths:
        path.parent.mkdir(parents=True)
    files = [path.open("wb") for path in paths]
    for number, text in enumerate(found):
        line = orjson.dumps({"id": str(number), "text": text}) + b"\n"
        for size, file in zip(ends, files, strict=True):
            if number < size:
                file.write(line)
    for file in files:
        file.close()
    return paths[-1].stat().st_size


def _of_corpus(number: int) -> Iterator[str]:
    for chunk in chunks(number):
        messages = chunk.batch.column("messages")
        contents = pc.fill_null(pc.struct_field(messages.flatten(), "content"), "")
        joined = pc.binary_join(pa.ListArray.from_arrays(messages.offsets, contents), BLANK_LINE)
        yield from joined.to_pylist()


def _of_file(path: Path, columns: Sequence[str]) -> list[str]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        rows = [orjson.loads(line) for line in file if line.strip()]
    return [BLANK_LINE.join(str(row[column]) for column in columns) for row in rows]
