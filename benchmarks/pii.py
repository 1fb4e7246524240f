"""Personal data: CPU time beside Presidio's own batch engine, and what both find.

    python benchmarks/pii.py [--data ../shared/data] [--sizes 500 2500]

Both look for the same entities in the same prompts, in one process. The slope between two sizes is
what a text costs without start-up; of the rounds the least counts. Findings must be equal.
"""

import argparse
import gzip
import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from curate.pii.finder import Finder, Finding
from curate.pii.recognizers import DEFAULT_ENTITIES, DEFAULT_THRESHOLD, LANGUAGE, recognizers
from curate.pii.words import word_engine

ROUNDS = 3


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    data = Path(__file__).parent.parent.parent / "shared" / "data"
    parser.add_argument("--data", type=Path, default=data)
    parser.add_argument("--sizes", type=int, nargs=2, default=(500, 2500))
    given = parser.parse_args()
    speed(prompts(given.data / "sft" / "t0_50k.jsonl.gz", given.sizes[1]), given.sizes)
    quality(given.data / "pii" / "presidio_synth_v2_1500.json.gz")


def prompts(file: Path, count: int) -> list[str]:
    """Prompts spread over the file."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        all_ = [json.loads(line)["prompt"] for line in lines]
    return all_[:: max(1, len(all_) // count)][:count]


def theirs(texts: Sequence[str]) -> list[list[Finding]]:
    """What the batch engine finds."""
    found = BATCH.analyze_iterator(
        texts, LANGUAGE, entities=list(DEFAULT_ENTITIES), score_threshold=DEFAULT_THRESHOLD
    )
    return [
        [
            Finding(
                *(one.start, one.end, one.entity_type, float(one.score)),
                one.recognition_metadata["recognizer_name"],
            )
            for one in each
        ]
        for each in found
    ]


def ours(texts: Sequence[str]) -> list[list[Finding]]:
    """What curate finds."""
    found = {row: each for row, _, each in OURS.find(pa.array(texts))}
    return [found.get(row, []) for row in range(len(texts))]


def batch_engine() -> Any:
    """Presidio's engine with the same recognizers and words."""
    from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine, RecognizerRegistry

    made = RecognizerRegistry(recognizers(DEFAULT_ENTITIES), supported_languages=[LANGUAGE])
    return BatchAnalyzerEngine(AnalyzerEngine(registry=made, nlp_engine=word_engine()))


def speed(texts: Sequence[str], sizes: Sequence[int]) -> None:
    """Microseconds a text, by the slope of two sizes."""
    assert ours(texts) == theirs(texts), "the findings differ"
    slopes = [slope(each, texts, sizes) for each in (ours, theirs)]
    size = sum(map(len, texts)) / len(texts)
    print(f"{len(texts)} prompts of {size:.0f} characters, findings equal: curate", end=" ")
    print(f"{slopes[0]:.1f} µs a text, Presidio {slopes[1]:.1f}: {slopes[1] / slopes[0]:.0f} times")


def slope(
    work: Callable[[Sequence[str]], Any], texts: Sequence[str], sizes: Sequence[int]
) -> float:
    """Microseconds of CPU for each text more."""
    least = [min(seconds(work, texts[:size]) for _ in range(ROUNDS)) for size in sizes]
    return (least[1] - least[0]) / (sizes[1] - sizes[0]) * 1e6


def seconds(work: Callable[[Sequence[str]], Any], texts: Sequence[str]) -> float:
    """CPU seconds of some work."""
    began = time.process_time()
    work(texts)
    return time.process_time() - began


def quality(file: Path) -> None:
    """Precision and recall by entity: a labelled span counts where a finding overlaps it."""
    with gzip.open(file) as lines:
        documents = json.load(lines)
    right, found, hit, labelled = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for document, findings in zip(
        documents, ours([each["full_text"] for each in documents]), strict=True
    ):
        spans = [
            (s["start_position"], s["end_position"], s["entity_type"]) for s in document["spans"]
        ]
        said = [(one.start, one.end, one.entity) for one in findings]
        for total, part, ones, others in (
            (found, right, said, spans),
            (labelled, hit, spans, said),
        ):
            for start, end, entity in ones:
                total[entity] += 1
                part[entity] += any(e == entity and s < end and start < t for s, t, e in others)
    for entity in DEFAULT_ENTITIES:
        precision = f"{right[entity] / found[entity]:.3f}" if found[entity] else "-"
        recall = f"{hit[entity] / labelled[entity]:.3f}" if labelled[entity] else "-"
        print(
            f"{entity:14} precision {precision} of {found[entity]}, "
            f"recall {recall} of {labelled[entity]}"
        )


BATCH = batch_engine()
OURS = Finder(DEFAULT_ENTITIES)

if __name__ == "__main__":
    main()
