"""What is measured of others, on the same texts. Needs no curate, and only the peer at hand.

pip install py-data-juicer aiohttp datatrove spacy orjson
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

Given = dict[str, Any]

SIX = [
    {"alphanumeric_filter": {"min_ratio": 0.25}},
    {"special_characters_filter": {"max_ratio": 0.5}},
    {"text_length_filter": {"min_len": 10, "max_len": 100_000}},
    {"words_num_filter": {"min_num": 10, "max_num": 100_000}},
    {"word_repetition_filter": {"rep_len": 10, "max_ratio": 0.5}},
    {"average_line_length_filter": {"min_len": 10}},
]
"""The filters of Data-Juicer whose like is `rules_six.yaml`, with the same limits."""


def juicer(given: Given) -> Given:
    """Data-Juicer by its command `dj-process`: one process, and no copies of what lies between."""
    from data_juicer.tools.process_data import main

    home = Path(given["folder"])
    config = {
        "project_name": "bench",
        "dataset_path": given["file"],
        "export_path": str(home / "kept.jsonl"),
        "work_dir": str(home / "work"),
        "ds_cache_dir": str(home / "cache"),
        "np": 1,
        "use_cache": False,
        "process": SIX,
    }
    home.mkdir(parents=True)
    (home / "config.yaml").write_text(json.dumps(config))
    sys.argv = ["dj-process", "--config", str(home / "config.yaml")]
    main()
    return {"kept": _lines(home / "kept.jsonl")}


def gopher(given: Given) -> Given:
    """datatrove's filters for Gopher's rules on repetition and on quality, one after the other."""
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.filters import GopherQualityFilter, GopherRepetitionFilter
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    home = Path(given["folder"])
    steps = [
        JsonlReader(str(Path(given["file"]).parent), glob_pattern="*.jsonl"),
        GopherRepetitionFilter(),
        GopherQualityFilter(),
        JsonlWriter(str(home / "kept"), compression=None),
    ]
    LocalPipelineExecutor(steps, tasks=1, workers=1, logging_dir=str(home / "logs")).run()
    return {"kept": sum(map(_lines, (home / "kept").glob("*.jsonl")))}


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)


if __name__ == "__main__":
    works = {work.__name__: work for work in (juicer, gopher)}
    answer = os.dup(1)
    os.dup2(2, 1)  # what peers print is no part of the answer
    said = works[sys.argv[1]](json.loads(sys.argv[2]))
    os.write(answer, json.dumps(said).encode())
