"""`curate score`: signals of a version that was built without them."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from curate.build.scoring import score
from curate.cli import curate
from curate.errors import RecipeError, UsageError
from curate.recipe import load_code
from curate.recipe.step import written_steps
from curate.store.scored import scored_signals
from tests.conftest import Workbench

OWN = '''
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import sleep
from typing import ClassVar

import pyarrow as pa

from curate.operator import SignalOperator


class Heard(SignalOperator):
    """Counts letters, and writes down how many texts it was given."""

    name: ClassVar[str] = "heard"
    version: ClassVar[int] = 1
    places: ClassVar[frozenset[str]] = frozenset({"diary", "pause"})
    slow: ClassVar[bool] = True

    diary: str
    pause: float = 0.0

    def fields(self) -> Sequence[str]:
        return ("response",)

    def at_once(self) -> int:
        return 5

    def signals(self) -> Mapping[str, str]:
        return {"letters": "Letters.", "first": "First letter."}

    def labels(self) -> frozenset[str]:
        return frozenset({"first"})

    def measure(self, texts: pa.StringArray) -> Mapping[str, pa.Array]:
        sleep(self.pause)
        with Path(self.diary).open("a") as file:
            file.write("x" * len(texts))
        listed = texts.to_pylist()
        return {
            "letters": pa.array(list(map(len, listed))),
            "first": pa.array([text[:1] or None for text in listed]),
        }
'''


@pytest.fixture
def heard(filled: Workbench, registry: None) -> Workbench:
    """A version of forty tickets, and an operator that counts."""
    (filled.folder / "own.py").write_text(OWN)
    load_code(filled.folder / "own.py")
    filled.build()
    return filled


def step(bench: Workbench) -> str:
    return f"heard: {{diary: {bench.folder / 'diary'}}}"


def times(bench: Workbench) -> int:
    diary = bench.folder / "diary"
    return diary.stat().st_size if diary.exists() else 0


def run(bench: Workbench, *arguments: str) -> Any:
    said = ["score", *arguments, "--store", str(bench.store.folder)]
    return CliRunner().invoke(curate, said, catch_exceptions=False)


def test_a_version_gets_signals_and_stays_as_it_is(heard: Workbench) -> None:
    version = heard.store.version("support")
    measured = score(heard.store, version, written_steps([step(heard)], Path()))
    texts = set(version.signals("response").column("id").to_pylist())
    assert measured == 2 * times(heard)
    assert len(texts) == version.records
    assert [one.ref for one in heard.store.versions()] == [version.ref]
    assert heard.store.version("support").snapshot == version.snapshot


def test_nothing_is_measured_twice_by_a_score_or_a_build(heard: Workbench) -> None:
    version = heard.store.version("support")
    steps = written_steps([step(heard)], Path())
    score(heard.store, version, steps)
    before = times(heard)
    assert score(heard.store, version, steps) == 0
    built = heard.build(heard.recipe(f"  - rules: chat\n  - exact_dedup\n  - {step(heard)}\n"))
    assert built.version is not None
    # The rest of the forty were never members.
    extra = built.version.records - version.records
    assert times(heard) - before <= max(extra, 0) + 2


def test_scores_can_be_used_by_a_later_build_at_once(heard: Workbench) -> None:
    version = heard.store.version("support")
    score(heard.store, version, written_steps([step(heard)], Path()))
    before = times(heard)
    steps = f"  - repair\n  - rules: chat\n  - exact_dedup\n  - {step(heard)}\n"
    built = heard.build(heard.recipe(steps + "  - drop: letters > 20\n"))
    assert built.version is not None
    assert times(heard) == before
    assert "drop" in {row["step"] for row in built.version.ledger().to_pylist()}


def test_a_split_is_measured_alone(heard: Workbench) -> None:
    part = heard.store.version("support:eval")
    score(heard.store, part, written_steps([step(heard)], Path()))
    known = scored_signals(part)
    assert {one.records for one in known} == {part.count()}
    whole = heard.store.version("support")
    assert {one.records for one in scored_signals(whole)} == {part.count()}
    assert part.count() < whole.count()


def test_what_is_known_is_listed_with_numbers_and_labels(heard: Workbench) -> None:
    assert "No signal is known" in run(heard, "support").output
    assert "values measured" in run(heard, "support", step(heard), "measure").output
    listed = run(heard, "support").output
    assert "letters" in listed
    assert "response first: " in listed
    told = json.loads(run(heard, "support", "--json").output)
    letters = next(one for one in told["signals"] if one["signal"] == "letters")
    values = [
        row["value"]
        for row in heard.store.version("support").signals("response").to_pylist()
        if row["signal"] == "letters"
    ]
    assert (letters["values"], letters["least"], letters["most"]) == (
        *(len(values), min(values), max(values)),
    )


def test_what_is_no_signal_or_misspelt_is_told(heard: Workbench) -> None:
    with pytest.raises(UsageError, match="a step of the kind edit"):
        run(heard, "support", "repair")
    with pytest.raises(RecipeError, match="did you mean 'measure'"):
        run(heard, "support", "measur")
    with pytest.raises(RecipeError, match="did you mean 'signals'"):
        run(heard, "support", "measure: {signal: [words]}")
    with pytest.raises(RecipeError, match="not YAML"):
        run(heard, "support", "measure: {")


def test_erased_members_have_nothing_to_measure(heard: Workbench) -> None:
    from curate.upkeep.forget import forget
    from curate.upkeep.holders import Asked

    version = heard.store.version("support")
    forget(heard.store, Asked((version.members()["id"][0].as_py().hex(),)), "asked for")
    score(heard.store, heard.store.version("support"), written_steps([step(heard)], Path()))
    assert 0 < times(heard) < version.records


def test_a_killed_score_loses_nothing_that_was_scored(heard: Workbench) -> None:
    said = f"heard: {{diary: {heard.folder / 'diary'}, pause: 0.3}}"
    command = [
        *(sys.executable, "-m", "curate", "score", "support", said),
        *("--store", str(heard.store.folder), "--allow-code", str(heard.folder / "own.py")),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        deadline = time.monotonic() + 120
        while times(heard) < 10 and time.monotonic() < deadline and child.poll() is None:
            time.sleep(0.05)
        os.kill(child.pid, signal.SIGKILL)
    done = times(heard)
    assert done >= 10
    version = heard.store.version("support")
    score(heard.store, version, written_steps([step(heard)], Path()))
    texts = {row["id"] for row in version.signals("response").to_pylist()}
    assert len(texts) == version.records
    # At most the five texts at work are measured again.
    assert times(heard) - done <= version.records - done + 5


def test_scores_are_forgotten_checked_and_backed_up_like_those_of_a_build(
    heard: Workbench, tmp_path: Path
) -> None:
    from curate.upkeep.backup import backup
    from curate.upkeep.forget import forget
    from curate.upkeep.gc import collect
    from curate.upkeep.holders import Asked
    from curate.upkeep.verify import verify

    version = heard.store.version("support")
    score(heard.store, version, written_steps([step(heard)], Path()))
    before = len(heard.store.signals(["letters"]))
    collect(heard.store)
    assert len(heard.store.signals(["letters"])) == before
    assert not verify(heard.store, deep=True).findings
    backup(heard.store, tmp_path / "copy")
    forget(heard.store, Asked((version.members()["id"][0].as_py().hex(),)), "asked for")
    assert len(heard.store.signals(["letters"])) == before - 1
    assert not verify(heard.store, deep=True).findings
