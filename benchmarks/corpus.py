"""The scale corpus: chat records with known shares of duplicates, personal data and faults.

    python benchmarks/corpus.py OUT [--records 1000000] [--seed 1]

Writes OUT/v1 and OUT/v2 (JSON Lines, a file for each source and 250,000 records), the recipes
OUT/v1.yaml and OUT/v2.yaml that read them, and OUT/shares.json with what was planted. Version 2
has 5 % of the records edited, 1 % removed and 1 % added. `corpus_records.batches` makes the same
records as Arrow, as if they had been read. Equal seeds give equal records on every machine.
"""

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from corpus_plan import LABELS, PLANTED, SOURCES, labels_of
from corpus_records import SEED, Chunk, chunks, file_names

BROKEN: Final = ('{"record_id": "cut", "messages": [{"role": "us', "not JSON", '{"note": 1}', "[]")
"""Lines of which no reader can make a record."""

RECIPE: Final = "dataset: corpus\nsources:\n{sources}\nsteps: []\nseed: 7\n"
SOURCE: Final = (
    "  - {{path: {folder}/{name}-*.jsonl, name: {name}, key: record_id, map: {{messages: messages, "
    "labels: {{topic: topic, language: language, quality: quality}}}}}}"
)


def write(out: Path, version: int, records: int, seed: int = SEED) -> Counter[str]:
    """Write a version as JSON Lines, with its recipe; return what was planted.

    `records` is the size of version 1; lines that cannot be read come on top.
    """
    folder = out / f"v{version}"
    folder.mkdir(parents=True)
    planted: Counter[str] = Counter()
    for chunk in chunks(records, version, seed):
        planted += chunk.plan.counts()
        names, lines = np.array(file_names(chunk.plan)), _lines(chunk)
        for name in np.unique(names).tolist():
            with (folder / name).open("ab") as file:
                file.write(_bytes(lines.filter(pa.array(names == name))))
    planted["bytes"] = sum(path.stat().st_size for path in folder.iterdir())
    listed = "\n".join(SOURCE.format(folder=folder.name, name=name) for name in SOURCES)
    (out / f"v{version}.yaml").write_text(RECIPE.format(sources=listed))
    return planted


def _lines(chunk: Chunk) -> pa.Array:
    """Each record as a line of JSON, with the broken line that follows some of them."""
    lists = chunk.batch.column("messages")
    turns = lists.flatten()
    turn = _concatenated(
        '{"role":"', pc.struct_field(turns, "role"),
        '","content":"', _escaped(pc.struct_field(turns, "content")), '"}',
    )  # fmt: skip
    labels = [
        f',"language":"{language}","quality":{quality},"topic":"{topic}"}}\n'
        for language, quality, topic in LABELS
    ]
    return _concatenated(
        pc.utf8_slice_codeunits(chunk.batch.column("meta"), 0, -1),
        ',"messages":[',
        pc.binary_join(pa.ListArray.from_arrays(lists.offsets, turn), ","),
        "]",
        pa.array(labels).take(pa.array(labels_of(chunk.plan))),
        pa.array(_broken(chunk)),
    )


def _broken(chunk: Chunk) -> list[str]:
    numbers = zip(chunk.plan.numbers.tolist(), chunk.plan.broken.tolist(), strict=True)
    return [f"{BROKEN[number % len(BROKEN)]}\n" if broken else "" for number, broken in numbers]


def _escaped(texts: pa.Array) -> pa.Array:
    """Texts as they stand between the quotes of JSON."""
    for mark, escape in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n")):
        texts = pc.replace_substring(texts, mark, escape)
    return texts


def _concatenated(*parts: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*parts, "")


def _bytes(lines: pa.StringArray) -> memoryview:
    """All texts of an array that was just made, one after the other."""
    offsets = np.frombuffer(lines.buffers()[1], np.int32, len(lines) + 1, lines.offset * 4)
    return memoryview(lines.buffers()[2])[offsets[0] : offsets[-1]]


def main() -> None:
    """Write both versions, and print what is in them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    shares = {f"v{v}": write(asked.out, v, asked.records, asked.seed) for v in (1, 2)}
    (asked.out / "shares.json").write_text(json.dumps(shares, indent=2) + "\n")
    print(f"{'':16}{'v1':>12}{'v2':>12}  what")
    what = {share.name: share.what for share in PLANTED}
    for name in shares["v2"]:
        print(f"{name:16}{shares['v1'][name]:12,}{shares['v2'][name]:12,}  {what.get(name, '')}")


if __name__ == "__main__":
    main()
