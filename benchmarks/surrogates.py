"""Surrogates: a table of examples, and what one costs for the values of labelled documents.

    python benchmarks/surrogates.py [--data ../shared/data]

The documents are those of Presidio's research set; of every entity each distinct value counts once.
Costs are CPU time, of the rounds the least, each with a key of its own so that nothing is
remembered. The first surrogate of a kind, which reads Faker's lists or builds Presidio's
recognizers, is left out.
"""

import argparse
import gzip
import json
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from curate.pii.surrogates import pseudonym

ROUNDS = 3
KEY = b"a key of sixteen bytes"
NAMES = {
    "GPE": "LOCATION",
    "STREET_ADDRESS": "LOCATION",
    "DOMAIN_NAME": "URL",
    "ZIP_CODE": "LOCATION",
}
"""What the set calls otherwise."""

EXAMPLES = (
    ("PERSON", "Dr. Jane Q. Doe"),
    ("PERSON", "Jane's"),
    ("PERSON", "Анна Смирнова"),
    ("PERSON", "王小明"),
    ("EMAIL_ADDRESS", "jane.doe@acme.com"),
    ("LOCATION", "221B Baker Street, London NW1 6XE"),
    ("LOCATION", "Germany"),
    ("ORGANIZATION", "Acme Rocket Works Ltd"),
    ("PHONE_NUMBER", "(650) 253-0000"),
    ("PHONE_NUMBER", "+44 20 8366 1177"),
    ("CREDIT_CARD", "4012-8888-8888-1881"),
    ("IBAN_CODE", "DE89 3704 0044 0532 0130 00"),
    ("US_SSN", "536-90-4399"),
    ("UK_NHS", "943-476-5919"),
    ("IT_FISCAL_CODE", "RSSMRA85T10A562S"),
    ("CRYPTO", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"),
    ("DATE_TIME", "24 December 2019"),
    ("IP_ADDRESS", "8.8.8.8"),
    ("URL", "https://acme.com/users/jane?x=1"),
)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    data = Path(__file__).parent.parent.parent / "shared" / "data"
    parser.add_argument("--data", type=Path, default=data)
    given = parser.parse_args()
    print("| entity | value | surrogate |\n|---|---|---|")
    for entity, value in EXAMPLES:
        print(f"| {entity} | {value} | {pseudonym(KEY, entity, value)} |")
    print("\n| entity | values | µs a surrogate | surrogates that differ |\n|---|--:|--:|--:|")
    for entity, values in labelled(given.data / "pii" / "presidio_synth_v2_1500.json.gz").items():
        made = {pseudonym(KEY, entity, value) for value in values}
        print(f"| {entity} | {len(values):,} | {cost(entity, values):.0f} | {len(made):,} |")


def labelled(file: Path) -> Mapping[str, Sequence[str]]:
    """The distinct values of each entity, by the names that surrogates have."""
    found = defaultdict(set)
    with gzip.open(file, "rt", encoding="utf-8") as text:
        for document in json.load(text):
            for span in document["spans"]:
                entity = span["entity_type"]
                found[NAMES.get(entity, entity)].add(span["entity_value"])
    return {entity: sorted(values) for entity, values in sorted(found.items())}


def cost(entity: str, values: Sequence[str]) -> float:
    """Microseconds of CPU time for one."""
    least = float("inf")
    for turn in range(ROUNDS):
        key = KEY + bytes([turn])
        pseudonym(key, entity, values[0])
        began = time.process_time()
        for value in values[1:]:
            pseudonym(key, entity, value)
        least = min(least, time.process_time() - began)
    return least / max(len(values) - 1, 1) * 1e6


if __name__ == "__main__":
    main()
