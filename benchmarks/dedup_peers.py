"""How others drop near-duplicates, on the same texts. Needs no curate, and only the peer at hand.

All compare sequences of five words at a similarity of 0.8 by 128 MinHash values, but for datatrove
(112, its default, which knows no other threshold). What each one calls a word is its own matter.

pip install py-data-juicer aiohttp ray datatrove spacy tokenizers text-dedup datasketch rensa orjson
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

Given = dict[str, Any]

THRESHOLD, VALUES, WIDTH = 0.8, 128, 5
BATCH = 1000


def juicer(given: Given) -> Given:
    """Data-Juicer by its command `dj-process`: one process, punctuation left out."""
    from data_juicer.tools.process_data import main

    home = Path(given["folder"])
    step = {
        "tokenization": "space",
        "window_size": WIDTH,
        "ignore_pattern": r"\p{P}",
        "num_permutations": VALUES,
        "jaccard_threshold": THRESHOLD,
    }
    config = {
        "project_name": "bench",
        "dataset_path": given["file"],
        "export_path": str(home / "kept.jsonl"),
        "work_dir": str(home / "work"),
        "ds_cache_dir": str(home / "cache"),
        "np": 1,
        "use_cache": False,
        "process": [{"document_minhash_deduplicator": step}],
    }
    (home / "config.yaml").write_text(json.dumps(config))
    sys.argv = ["dj-process", "--config", str(home / "config.yaml")]
    main()
    return {"written": [str(home / "kept.jsonl")]}


def datatrove(given: Given) -> Given:
    """datatrove's four stages, one after the other, with their defaults."""
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import (
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupFilter,
        MinhashDedupSignature,
    )
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    home, config = Path(given["folder"]), MinhashConfig(n_grams=WIDTH)
    signatures, buckets, removed = (str(home / name) for name in ("signatures", "buckets", "ids"))
    kept = str(home / "kept")
    reader = JsonlReader(str(Path(given["file"]).parent), glob_pattern="*.jsonl")
    stages = [
        ([reader, MinhashDedupSignature(signatures, config)], 1),
        ([MinhashDedupBuckets(signatures, buckets, config=config)], config.num_buckets),
        ([MinhashDedupCluster(buckets, removed, config)], 1),
        ([reader, MinhashDedupFilter(removed), JsonlWriter(kept, compression=None)], 1),
    ]  # fmt: skip
    for number, (steps, tasks) in enumerate(stages):
        logs = str(home / f"logs{number}")
        LocalPipelineExecutor(steps, tasks=tasks, workers=1, logging_dir=logs).run()
    return {"written": [str(path) for path in (home / "kept").glob("*.jsonl")]}


def text_dedup(given: Given) -> Given:
    """text-dedup by its module `text_dedup.minhash`, told to verify what it finds."""
    home = Path(given["folder"])
    (home / "config.toml").write_text(
        f"""
[input]
input_type = "local_files"
file_type = "json"
[input.read_arguments]
path = "json"
data_files = "{given["file"]}"
split = "train"
[algorithm]
algorithm_name = "minhash"
text_column = "text"
num_perm = {VALUES}
threshold = {THRESHOLD}
ngram_size = {WIDTH}
num_proc = 1
min_length = 1
check_false_positive = true
[output]
output_dir = "{home / "kept"}"
[debug]
"""
    )
    subprocess.run([sys.executable, "-m", "text_dedup.minhash"], cwd=home, check=True)
    return {"written": [str(path) for path in (home / "kept").glob("*.arrow")]}


def datasketch(given: Given) -> Given:
    """datasketch's MinHash and its index: a text that finds none before it is kept."""
    from datasketch import MinHash, MinHashLSH

    index, number = MinHashLSH(threshold=THRESHOLD, num_perm=VALUES), 0
    out = Path(given["folder"]) / "kept.jsonl"
    with out.open("wb") as kept:
        for lines, sets in _batches(given["file"]):
            encoded = [[gram.encode() for gram in each] for each in sets]
            signatures = MinHash.bulk(encoded, num_perm=VALUES)
            for line, signature in zip(lines, signatures, strict=True):
                if not index.query(signature):
                    index.insert(number, signature)
                    kept.write(line)
                number += 1
    return {"written": [str(out)]}


def rensa(given: Given) -> Given:
    """rensa's R-MinHash over whole sets, its quickest, with an index; it keeps the first."""
    from rensa import RMinHashDeduplicator

    index, number = RMinHashDeduplicator(THRESHOLD, VALUES, True), 0
    out = Path(given["folder"]) / "kept.jsonl"
    with out.open("wb") as kept:
        for lines, sets in _batches(given["file"]):
            named = [(str(number + place), each) for place, each in enumerate(sets)]
            number += len(lines)
            flags = index.add_pairs(named)
            kept.writelines(line for line, flag in zip(lines, flags, strict=True) if flag)
    return {"written": [str(out)]}


def _batches(path: str) -> Iterator[tuple[list[bytes], list[list[str]]]]:
    """Lines of a file, with the sequences of five words of each text."""
    import orjson

    with Path(path).open("rb") as file:
        while lines := list(islice(file, BATCH)):
            yield lines, [_grams(orjson.loads(line)["text"]) for line in lines]


def _grams(text: str) -> list[str]:
    words = text.lower().split()
    return [" ".join(words[at : at + WIDTH]) for at in range(max(1, len(words) - WIDTH + 1))]


if __name__ == "__main__":
    works = {work.__name__: work for work in (juicer, datatrove, text_dedup, datasketch, rensa)}
    answer = os.dup(1)
    os.dup2(2, 1)  # what peers print is no part of the answer
    said = works[sys.argv[1]](json.loads(sys.argv[2]))
    os.write(answer, json.dumps(said).encode())
