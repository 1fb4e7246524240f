"""Sets of which others say what their near-duplicates are."""

import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from dedup_bench import TEXTS, built
from store_bench import told
from store_process import NotMeasuredError
from table import Line

from curate.hashing import record_id


def articles(data: Path, out: Path) -> Iterator[Line]:
    """A thousand articles, of which ten are plagiarised: those pairs, and no other."""
    home = _there(data / "neardup" / "articles_1000.txt.gz")
    with gzip.open(home, "rt") as file:
        split = [line.rstrip("\n").split(" ", 1) for line in file]
    listed = (home.parent / "articles_1000.truth").read_text().splitlines()
    truth = {frozenset(line.split()) for line in listed}
    texts = _written(out, ({"id": name, "text": text} for name, text in split))
    names = {record_id("texts", json.dumps(name).encode()).hex(): name for name, _ in split}
    found = {frozenset((names[one], names[of])) for one, of, _ in built(texts, TEXTS, out)[1]}
    ours = f"{len(found & truth)} found, {len(found - truth)} other"
    yield Line(
        "articles", "plagiarised pairs", ours, f"there are {len(truth)}", "", "all, none",
        found == truth,
    )  # fmt: skip


def toolformer(data: Path, out: Path) -> Iterator[Line]:
    """Tool calls with long templates in common, beside what their makers left of them."""
    before, after = (
        _records(_there(data / "neardup" / name))
        for name in ("toolformer_7673.json.gz", "toolformer_sim09_5959.json.gz")
    )
    rows = (
        {"prompt": f"{row['instruction']}\n{row['input']}".strip(), "response": row["response"]}
        for row in before
    )
    run, dropped = built(_written(out, rows), "map: {prompt: prompt, response: response}", out)
    yield Line(
        "toolformer", "kept of read; the makers at 0.9 of their own measure",
        f"{run.said['records']:,} of {len(before):,}", f"{len(after):,} of {len(before):,}",
        peak=run.mebibytes,
    )  # fmt: skip
    yield Line("toolformer", "dropped", f"{len(dropped):,}", f"{len(before) - len(after):,}")


KNOWN = {known.__name__: known for known in (articles, toolformer)}


def _there(path: Path) -> Path:
    if not path.is_file():
        raise NotMeasuredError(f"{path} is not there")
    told(path.name)
    return path


def _records(path: Path) -> list[dict[str, str]]:
    with gzip.open(path) as file:
        found: list[dict[str, str]] = json.load(file)
    return found


def _written(out: Path, rows: Iterable[dict[str, Any]]) -> Path:
    path = out / "texts.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path
