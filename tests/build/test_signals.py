"""Signal steps: no text is measured twice, and nothing but the store's signals changes."""

import json
from collections import Counter
from typing import Any

import pyarrow as pa
import pytest

from curate.errors import OperatorError, UsageError
from curate.hashing import hash_texts
from tests.conftest import Workbench, tickets

OWN = '''
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import pyarrow as pa

from curate.operator import Edited, EditOperator, SignalOperator


class Heard(SignalOperator):
    """Writes down what it measures."""

    name: ClassVar[str] = "heard"
    version: ClassVar[int] = 1
    places: ClassVar[frozenset[str]] = frozenset({"field", "diary"})

    field: str = "response"
    diary: str
    unit: str = "bytes"

    def fields(self) -> Sequence[str]:
        return ("prompt", "response") if self.field == "both" else (self.field,)

    def signals(self) -> Mapping[str, str]:
        return {"length": "Length.", "first": "First letter."}

    def measure(self, texts: pa.StringArray) -> Mapping[str, pa.Array]:
        listed = texts.to_pylist()
        with Path(self.diary).open("a") as file:
            file.writelines(json.dumps(text) + "\\n" for text in listed)
        lengths = {"nan": float("nan"), "bytes": 1}
        return {
            "length": pa.array([len(text) * lengths.get(self.unit, 2) for text in listed]),
            "first": pa.array([text[:1] or None for text in listed[self.unit == "few":]]),
        }


class Stumbling(EditOperator):
    """Fails at one text, as long as a file is there."""

    name: ClassVar[str] = "stumbling"
    version: ClassVar[int] = 1

    stone: str

    def edit(self, texts: pa.StringArray) -> Edited:
        if Path(self.stone).exists() and "How do I reset device number 17?" in texts.to_pylist():
            raise ZeroDivisionError("seventeen")
        return Edited(texts)
'''

SOURCE = "{path: data, name: tickets, key: ticket}"


class Listener:
    """A workbench with an operator that writes down what it is given."""

    def __init__(self, bench: Workbench) -> None:
        from curate.recipe import load_code

        self.bench, self.diary = bench, bench.folder / "diary.jsonl"
        self.code = bench.folder / "own.py"
        self.code.write_text(OWN)
        load_code(self.code)

    def step(self, field: str = "response", **settings: str) -> str:
        listed = "".join(f", {name}: {value}" for name, value in settings.items())
        return f"  - heard: {{field: {field}, diary: {self.diary}{listed}}}\n"

    def build(self, steps: str, dataset: str = "support", **options: Any) -> Any:
        return self.bench.build(self.bench.recipe(steps, SOURCE, dataset), **options)

    def heard(self) -> Counter[str]:
        """What was measured since the last call."""
        lines = self.diary.read_text().splitlines() if self.diary.exists() else []
        self.diary.unlink(missing_ok=True)
        return Counter(map(json.loads, lines))


@pytest.fixture
def listener(filled: Workbench) -> Listener:
    return Listener(filled)


def texts(rows: list[dict[str, Any]], column: str) -> Counter[str]:
    return Counter({row[column] for row in rows})


def test_no_text_is_measured_twice(listener: Listener) -> None:
    rows = tickets(40)
    listener.build(listener.step("response"))
    assert listener.heard() == texts(rows, "response")
    listener.build(listener.step("both") + "  - exact_dedup\n" + listener.step("prompt"))
    assert listener.heard() == texts(rows, "prompt")
    rows[7]["response"] = "An edited answer."
    listener.bench.write(rows)
    listener.build(listener.step("both"))
    assert listener.heard() == Counter(["An edited answer."])
    listener.build(listener.step("both"), dataset="another")
    assert not listener.heard()


def test_what_makes_the_values_does_make_them_new(listener: Listener) -> None:
    listener.build(listener.step("response"))
    listener.heard()
    listener.build(listener.step("response", unit="points"))
    assert listener.heard() == texts(tickets(40), "response")
    assert len(set(listener.bench.store.signals(["length"])["fingerprint"].to_pylist())) == 2


def test_an_edited_text_is_measured_again(listener: Listener) -> None:
    version = listener.build(listener.step() + "  - repair\n" + listener.step()).version
    written = {row["response"] for row in tickets(40)}
    read = {
        text["messages"][1]["content"]
        for text in pa.Table.from_batches(version.batches()).to_pylist()
    }
    assert listener.heard() == Counter(written | read)
    assert len(written | read) == len(written) + 1


def test_a_signal_step_changes_neither_snapshot_nor_ledger_nor_counts(filled: Workbench) -> None:
    plain = filled.build(filled.recipe("  - repair\n  - exact_dedup\n"))
    steps = "  - measure\n  - repair\n  - measure: {fields: text}\n  - exact_dedup\n  - measure\n"
    measured = filled.build(filled.recipe(steps))
    assert measured.is_new
    assert measured.outcome.snapshot == plain.outcome.snapshot
    assert measured.version is not None
    assert plain.version is not None
    assert measured.version.ledger().equals(plain.version.ledger())
    counts = {row["step"]: row for row in measured.outcome.counts}
    for step, number in (("measure", 40), ("measure-2", 40), ("measure-3", 39)):
        row = counts[step]
        assert (row["in"], row["kept"], row["dropped"], row["edited"]) == (number, number, 0, 0)


@pytest.mark.parametrize(
    "options",
    [{"batch_size": 1}, {"batch_size": 7, "fuse": False}, {"workers": 2, "batch_size": 9}],
)
def test_batches_workers_and_fusion_store_the_same(
    filled: Workbench, options: dict[str, Any]
) -> None:
    recipe = filled.recipe("  - measure: open_fence\n  - repair\n  - measure\n  - measure: words\n")
    filled.build(recipe)
    other = Workbench(filled.folder / "other")
    other.write(tickets(40))
    other.build(recipe, **options)
    stored = filled.store.signals()
    assert len(stored) > 4 * 40
    assert other.store.signals().equals(stored)
    assert len(stored.group_by(["hash", "signal", "fingerprint"]).aggregate([])) == len(stored)


def test_labels_and_missing_values_are_stored_too(listener: Listener) -> None:
    listener.build(listener.step())
    empty = hash_texts(pa.array([""]))[0].as_py()
    stored = {
        (row["hash"], row["signal"]): row for row in listener.bench.store.signals().to_pylist()
    }
    assert stored[empty, "length"]["value"] == 0.0
    assert stored[empty, "first"] | {"fingerprint": ""} == {
        "hash": empty, "signal": "first", "fingerprint": "", "value": None, "label": None,
        "vector": None,
    }  # fmt: skip
    listener.heard()
    listener.build(listener.step() + "  - exact_dedup\n")
    assert not listener.heard()
    labels = listener.bench.store.sql("SELECT label FROM signals WHERE signal = 'first'")
    assert "H" in labels["label"].to_pylist()


def test_a_version_tells_what_is_known_of_a_field(listener: Listener) -> None:
    version = listener.build(listener.step("both") + "  - split: {eval: 0.2}\n").version
    known = version.signals("prompt")
    assert known.column_names == ["id", "copy", "signal", "fingerprint", "value", "label"]
    assert len(known) == 2 * 40
    rows = {row["id"]: row["messages"] for b in version.batches() for row in b.to_pylist()}
    for row in known.to_pylist():
        prompt = rows[row["id"]][0]["content"]
        expected = len(prompt) if row["signal"] == "length" else prompt[0]
        assert (row["value"] if row["signal"] == "length" else row["label"]) == expected
    part = version.with_split("eval")
    assert len(part.signals("response")) == 2 * part.count() > 0
    assert len(version.signals("text")) == 0
    with pytest.raises(UsageError, match="field 'all'"):
        version.signals("all")


def test_a_build_that_fails_or_is_only_tried_keeps_what_it_measured(listener: Listener) -> None:
    stone = listener.bench.folder / "stone"
    stone.touch()
    steps = listener.step("prompt") + f"  - stumbling: {stone}\n"
    with pytest.raises(OperatorError, match="seventeen"):
        listener.build(steps, batch_size=10)
    first = listener.heard()
    assert len(first) == 20
    stone.unlink()
    listener.build(steps, batch_size=10, dry_run=True)
    assert listener.heard() == texts(tickets(40), "prompt") - first
    assert len(listener.bench.store.signals()) == 0
    listener.build("  - repair\n" + steps)
    assert not listener.heard()
    assert len(listener.bench.store.signals(["length"])) == 40


def test_signals_are_kept_where_no_version_is_made(filled: Workbench) -> None:
    recipe = filled.recipe("  - measure\n")
    filled.build(recipe)
    before = filled.store.signals()
    with filled.store.commit() as catalog:
        catalog.execute("DELETE FROM cat.base.files WHERE kind = 'signals'")
    assert len(filled.store.signals()) == 0
    assert not filled.build(recipe, limit=1000).is_new
    assert filled.store.signals().equals(before)
    filled.build(recipe)
    assert len([file for file in filled.store.files() if file.kind == "signals"]) == 1
    assert len(list((filled.store.folder / "signals").iterdir())) == 1


@pytest.mark.parametrize(
    ("unit", "found"), [("nan", "not a number"), ("few", "texts in, .* values of 'first' out")]
)
def test_an_answer_that_is_not_as_promised_stops_the_build(
    listener: Listener, unit: str, found: str
) -> None:
    with pytest.raises(OperatorError, match=rf"step heard: ValueError: .*{found}"):
        listener.build(listener.step(unit=unit))
    assert listener.bench.store.versions() == []


def test_workers_measure_with_code_of_the_users_own(listener: Listener) -> None:
    listener.build(listener.step("prompt"), workers=2, batch_size=10, allow_code=(listener.code,))
    assert listener.heard() == texts(tickets(40), "prompt")
