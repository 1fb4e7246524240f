"""The data sets on which rule packs are calibrated, read as a build reads them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from curate.readers import read, resolve
from curate.recipe.source import ColumnMap, Source

BATCH: Final = 10_000


class DataSet(NamedTuple):
    """A file, or files, of one make; `columns` where the shape cannot be told from the columns."""

    path: str
    columns: ColumnMap | None = None
    pairs: bool = False
    """Whether it holds preference pairs."""


SETS: Final = {
    "alpaca": DataSet("sft/alpaca_random_9k.json.gz"),
    "dolly": DataSet("sft/dolly_3k.json.gz"),
    "kto-mix": DataSet("formats/kto-mix-test.json"),
    "kto-en": DataSet("formats/kto_en_demo.json"),
    "dpo-en": DataSet("formats/dpo_en_demo.json", pairs=True),
    "dpo-zh": DataSet("formats/dpo_zh_demo.json", pairs=True),
    "hh-rlhf": DataSet("preference/harmless-base-test.jsonl.gz", pairs=True),
    "oasst-rm": DataSet("formats/oaast_rm_zh.json", pairs=True),
    "glaive": DataSet("formats/glaive_toolcall_en_demo.json"),
    "oasst": DataSet("formats/oaast_sft_zh.json"),
    "alpaca-zh": DataSet("formats/alpaca_zh_demo.json"),
    "identity": DataSet("formats/identity.json"),
    "gsm8k": DataSet("benchmarks/gsm8k_train.jsonl.gz"),
    "t0": DataSet("sft/t0_50k.jsonl.gz"),
}
"""What `--data` is expected to hold, as their makers name the files."""

REVISIONS: Final = "sft/coachlm_revisions_half.jsonl.gz"
"""Instructions, inputs and answers of Alpaca before and after experts revised them (Liu et al.
2023, arXiv 2311.13246)."""

SIDES: Final = {
    side: ColumnMap(
        prompt=f"{name} Instruction", input=f"{name} Input", response=f"{name} Response"
    )
    for side, name in (("raw", "Raw"), ("revised", "Revised"))
}


def batches(data: DataSet, folder: Path) -> Iterator[pa.RecordBatch]:
    """The records of a data set that an answer is wanted of: those not marked as undesirable."""
    source = Source(path=data.path, columns=data.columns)
    for file in resolve(source, folder):
        for part in read(file, source, BATCH):
            wanted = pc.fill_null(part.records.column("desirable"), True)
            yield part.records.filter(wanted)
