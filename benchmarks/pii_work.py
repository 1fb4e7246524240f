"""What finds personal data in curate and in Presidio, each in a process of its own."""

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from curate.pii.beside import batch_engine, findings_beside
from curate.pii.finder import Finder, Finding
from curate.pii.recognizers import DEFAULT_ENTITIES, DEFAULT_THRESHOLD

Given = dict[str, Any]
Work = Callable[[Sequence[str]], Iterator[tuple[int, list[Finding]]]]

BATCH = 1000


def curate(given: Given) -> Given:
    """Ours."""
    finder = Finder(DEFAULT_ENTITIES)

    def work(texts: Sequence[str]) -> Iterator[tuple[int, list[Finding]]]:
        return ((row, found) for row, _, found in finder.find(pa.array(texts)))

    return _measured(work, given)


def presidio(given: Given) -> Given:
    """Presidio's batch engine with the same recognizers and words: no model is run by either."""
    engine = batch_engine(DEFAULT_ENTITIES)

    def work(texts: Sequence[str]) -> Iterator[tuple[int, list[Finding]]]:
        found = findings_beside(engine, texts, DEFAULT_ENTITIES, DEFAULT_THRESHOLD)
        return ((row, each) for row, each in enumerate(found) if each)

    return _measured(work, given)


def _measured(work: Work, given: Given) -> Given:
    with Path(given["file"]).open("rb") as lines:
        texts = [orjson.loads(line)["text"] for line in lines]
    list(work(["Call (212) 555-0123 or write to a@example.com."]))
    found: dict[int, list[Finding]] = {}
    began = time.process_time()
    for at in range(0, len(texts), BATCH):
        found.update((at + row, each) for row, each in work(texts[at : at + BATCH]))
    seconds = time.process_time() - began
    left = {str(row): _left(texts[row], each) for row, each in found.items()}
    Path(given["out"]).write_text(json.dumps(left))
    findings = sorted(found.items()) if given.get("whole") else []
    return {"seconds": seconds, "kept": len(found), "findings": findings}


def _left(text: str, findings: Sequence[Finding]) -> str:
    """The text without what was found."""
    for one in sorted(findings, reverse=True):
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text


if __name__ == "__main__":
    works = {work.__name__: work for work in (curate, presidio)}
    print(json.dumps(works[sys.argv[1]](json.loads(sys.argv[2]))))
