"""What rewording a text costs, beside nlpaug's own loop, with the same edits.

    python benchmarks/augmenting.py [--texts 2000] [--rounds 3] [--data ../shared/data]

The texts are answers of Alpaca. Both sides are given them as they are, with one seed each: nlpaug
by seeding `random` and `numpy.random` before each text, since it draws from there. Each side runs
all augmenters in a process of its own, one after the other; the figure is CPU time, of the rounds
the least, without what is loaded. Ours runs once with the spaces as they were, and once with
nlpaug's, where the answers must be the same, letter for letter; nlpaug fails at some texts (crops
of one word), which are left out of the comparison. Memory is the peak of the process, libraries
included. What it costs to find what must stay, and to reword around it, stands below.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from store_process import Run, python
from table import Line, print_table

TARGET: Final = 5.0
"""At least so many times as quick."""

CASES: Final[Sequence[tuple[str, str, dict[str, Any]]]] = (
    ("char", "KeyboardAug", {}),
    ("char", "KeyboardAug", {"stopwords": ["the", "of", "and"]}),
    ("char", "OcrAug", {}),
    *(("char", "RandomCharAug", {"action": each}) for each in ("insert", "substitute", "swap")),
    ("char", "RandomCharAug", {"action": "delete"}),
    *(("word", "RandomWordAug", {"action": each}) for each in ("substitute", "swap", "delete")),
    ("word", "RandomWordAug", {"action": "crop"}),
    ("word", "SplitAug", {}),
    ("word", "SpellingAug", {}),
    ("word", "ReservedAug", {"reserved_tokens": [["the", "this"], ["help", "support", "aid"]]}),
)


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    data = Path(__file__).parent.parent.parent / "shared" / "data"
    parser.add_argument("--texts", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--data", type=Path, default=data)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        runs = {}
        for side in ("peer", "kept", "spaced", "around"):
            given = {
                "cases": CASES,
                "file": asked.data / "sft" / "alpaca_random_9k.json.gz",
                "texts": asked.texts,
                "rounds": asked.rounds,
                "out": Path(folder) / side,
            }
            runs[side] = python("augmenting_work.py", side, given)
        answers = {side: json.loads((Path(folder) / side).read_text()) for side in runs}
    print_table(list(_lines(runs, answers)))


def _lines(runs: dict[str, Run], answers: dict[str, list[list[str | None]]]) -> Iterator[Line]:
    peers = runs["peer"].said["micro"]
    memory = {side: run.mebibytes for side, run in runs.items()}
    for place, (_, name, settings) in enumerate(CASES):
        both = list(zip(answers["peer"][place], answers["spaced"][place], strict=True))
        same = sum(theirs in (None, ours) for theirs, ours in both)
        failed = sum(theirs is None for theirs, _ in both)
        told = f"same {same:,} of {len(both):,}" + (f", {failed:,} failed" if failed else "")
        what = ", ".join(f"{key}: {_short(value)}" for key, value in settings.items())
        for side in ("kept", "spaced"):
            own = runs[side].said["micro"][place]
            ratio = peers[place] / own
            yield Line(
                name, f"{what or 'defaults'} ({side})", f"{own:.1f} us", f"{peers[place]:.0f} us",
                f"{ratio:.1f}", told if side == "spaced" else f">= {TARGET:.0f}",
                same == len(both) if side == "spaced" else ratio >= TARGET, memory[side],
            )  # fmt: skip
    find, around = runs["around"].said["micro"]
    yield Line("protected", "what must stay, found", f"{find:.1f} us")
    yield Line("reworded", f"around that, by {CASES[0][1]}", f"{around:.1f} us")
    yield Line(
        "memory", "peak of a process", f"{memory['kept']:.0f} MiB", f"{memory['peer']:.0f} MiB"
    )


def _short(value: object) -> str:
    return value if isinstance(value, str) else "..."


if __name__ == "__main__":
    main()
