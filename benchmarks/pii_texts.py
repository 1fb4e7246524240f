"""The texts that personal data is looked for in, and which data is known to stand in them."""

import gzip
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson
from corpus_plan import PERSONAL, Plan
from corpus_records import chunks
from corpus_special import personal
from corpus_text import mixed, salted

LABELLED: Final = (
    *("CREDIT_CARD", "EMAIL_ADDRESS", "IBAN_CODE", "IP_ADDRESS", "PHONE_NUMBER", "US_SSN"),
)
"""Those kinds of the labelled documents that are looked for by default."""


class Text(NamedTuple):
    """A text, and values that stand in it, each with its kind."""

    text: str
    values: list[tuple[str, str]]


def prompts(data: Path) -> Iterator[Text]:
    """Prompts of `t0_50k`, of which nothing is known."""
    with gzip.open(data / "sft" / "t0_50k.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield Text(json.loads(line)["prompt"], [])


def labelled(data: Path) -> Iterator[Text]:
    """The 1,500 documents that Presidio's authors made and labelled."""
    with gzip.open(data / "pii" / "presidio_synth_v2_1500.json.gz") as file:
        for each in json.load(file):
            spans = [(span["entity_type"], span["entity_value"]) for span in each["spans"]]
            yield Text(each["full_text"], [span for span in spans if span[0] in LABELLED])


def records(count: int) -> Iterator[Text]:
    """Records of the scale corpus: the turns of each, a blank line between them."""
    for chunk in chunks(count):
        planted = _planted(chunk.plan)
        for row, messages in enumerate(chunk.batch.column("messages").to_pylist()):
            yield Text("\n\n".join(each["content"] for each in messages), planted.get(row, []))


def _planted(plan: Plan) -> dict[int, list[tuple[str, str]]]:
    found = {}
    for kind in PERSONAL:
        rows = plan.is_kind(kind).nonzero()[0]
        bits = mixed(plan.base[rows], salted(plan.seed, kind))
        for row, each in zip(rows.tolist(), bits.tolist(), strict=True):
            found[row] = [(kind, personal(kind, each))]
    return found


def write(texts: Iterator[Text], folder: Path, sizes: tuple[int, ...]) -> None:
    """Write the first texts, a JSON object a line, to a file for each size."""
    every = list(islice(texts, max(sizes)))
    folder.mkdir(parents=True, exist_ok=True)
    for size in sizes:
        lines = (orjson.dumps(each._asdict()) + b"\n" for each in every[:size])
        (folder / f"{size}.jsonl").write_bytes(b"".join(lines))


def known(file: Path) -> list[dict[str, Any]]:
    """The texts of a file that hold known values, each with its place."""
    with file.open("rb") as lines:
        every = [orjson.loads(line) | {"place": place} for place, line in enumerate(lines)]
    return [each for each in every if each["values"]]
