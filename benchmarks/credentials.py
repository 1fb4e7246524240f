"""Secrets: what is found where, at what cost, and how many random strings the limits lose.

    python benchmarks/credentials.py [--data ../shared/data] [--code FOLDER ...] [--show N]

Every text of every JSON file of the data is looked at, and every file of source code or
documentation of the folders, such as that of installed packages. CPU time is that of this process
for the search alone, the least of three rounds. `--show` prints so many findings of each place.
"""

import argparse
import gzip
import json
import random
import string
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from curate.patterns.entropy import entropy
from curate.patterns.pack import SecretPack, parse_patterns
from curate.patterns.shelf import shipped_bytes
from curate.pii.finding import Finding
from curate.secrets.finder import SecretFinder

ROUNDS: Final = 3
DRAWN: Final = 10_000
CODE: Final = frozenset(
    [
        ".cfg",
        ".html",
        ".js",
        ".json",
        ".md",
        ".py",
        ".pyi",
        ".rst",
        ".sh",
        ".toml",
        ".ts",
        ".txt",
        ".yaml",
        ".yml",
    ]
)
LARGEST: Final = 2_000_000
ALPHABETS: Final = {
    "hexadecimal": "0123456789abcdef",
    "base 36": string.ascii_lowercase + string.digits,
    "base 62": string.ascii_letters + string.digits,
}


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    data = Path(__file__).parent.parent.parent / "shared" / "data"
    parser.add_argument("--data", type=Path, default=data)
    parser.add_argument("--code", type=Path, nargs="*", default=[])
    parser.add_argument("--show", type=int, default=0)
    given = parser.parse_args()
    curve()
    for file in sorted(given.data.glob("*/*.json*")):
        report(str(file.relative_to(given.data)), list(texts(file)), given.show)
    for folder in given.code:
        report(str(folder), list(files(folder)), given.show)


def curve() -> None:
    """How many random strings have a number of bits a character, and how many are found."""
    draw = random.Random(1)
    print("of random strings, % with 3 and 3.5 bits a character, and found when assigned to a name")
    for name, alphabet in ALPHABETS.items():
        for length in (16, 20, 24, 32, 40):
            drawn = ["".join(draw.choices(alphabet, k=length)) for _ in range(DRAWN)]
            bits = [entropy(each) for each in drawn]
            given = pa.array([f'api_key = "{each}"' for each in drawn])
            found = sum(1 for _ in FINDER.find(given))
            shares = [sum(b >= limit for b in bits) / DRAWN for limit in (3, 3.5)]
            cells = "  ".join(f"{share:6.1%}" for share in (*shares, found / DRAWN))
            print(f"  {name:12} {length:3}  {cells}")


def report(name: str, given: list[str], show: int) -> None:
    """What is found in some texts, and the CPU time of a text."""
    array = pa.array(given, pa.large_string())
    spent, found = [], list[tuple[int, str, list[Finding]]]()
    for _ in range(ROUNDS):
        start = time.process_time()
        found = list(FINDER.find(array))
        spent.append(time.process_time() - start)
    rules = Counter(one.entity for _, _, each in found for one in each)
    size = sum(map(len, given))
    cost = f"{min(spent) / max(len(given), 1) * 1e6:.1f} µs a text"
    print(
        f"{name}: {len(given):,} texts of {size / max(len(given), 1):,.0f} characters, {cost}, ",
        end="",
    )
    print(", ".join(f"{rule} {count}" for rule, count in rules.most_common()) or "nothing")
    shown = [(text, one) for _, text, each in found for one in each]
    for text, one in shown[:show]:
        around = text[max(one.start - 40, 0) : one.start], text[one.start : one.end][:80]
        print(f"    {one.entity}: {around[0]!r} {around[1]!r}")


def texts(file: Path) -> Iterator[str]:
    """Every text of a file of JSON or JSON Lines, however deep."""
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8") as stream:
        content = stream.read()
    lines = ".jsonl" in file.suffixes
    written = [line for line in content.split("\n") if line.strip()] if lines else [content]
    for each in written:
        try:
            yield from strings(json.loads(each))
        except json.JSONDecodeError:
            # The scale corpus has broken lines by purpose.
            continue


def strings(value: Any) -> Iterator[str]:
    """The texts within a value of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


def files(folder: Path) -> Iterator[str]:
    """The files of source code and documentation of a folder, equal ones once."""
    seen = set()
    for file in sorted(folder.rglob("*")):
        if file.suffix not in CODE or not file.is_file() or file.stat().st_size > LARGEST:
            continue
        try:
            content = file.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        if content not in seen:
            seen.add(content)
            yield content


PACK = parse_patterns(shipped_bytes("secrets"))
assert isinstance(PACK, SecretPack)
FINDER = SecretFinder(PACK)

if __name__ == "__main__":
    main()
