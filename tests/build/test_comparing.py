"""Selections that compare: with files and versions, with what they find, and by cutting texts."""

from pathlib import Path

import orjson
import pytest

from curate.decision import Span
from curate.errors import InputError, NotFoundError, OperatorError
from curate.recipe import load_code
from tests.conftest import Workbench

OWN = '''
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from curate.fields import field_texts
from curate.hashing import hash_texts
from curate.selection import SelectionOperator


class Unlike(SelectionOperator):
    """Drops what a reference has, and cuts the first letters of all other prompts."""

    name: ClassVar[str] = "unlike"
    version: ClassVar[int] = 1
    compares: ClassVar[bool] = True

    other: tuple[str, ...] = ()
    """What to compare with."""
    letters: int = 0
    """How many letters to cut."""
    field: str = "messages[0].content"
    """Where to cut."""
    fails: bool = False
    """Whether it raises."""

    def against(self):
        return self.other

    def facts(self, batch: pa.RecordBatch, seed: int) -> pa.RecordBatch:
        texts = pc.fill_null(field_texts(batch, "prompt"), "")
        return pa.RecordBatch.from_arrays([hash_texts(texts)], ["key"])

    def find(self, gathered, seed):
        if self.fails:
            raise ValueError("no")
        known = gathered.table("SELECT DISTINCT hash FROM others")["hash"].combine_chunks()
        found = [h for batch in gathered.contents(known) for h in batch["hash"].to_pylist()]
        return {"known": pa.table({"hash": pa.array(found, pa.binary())})}

    def query(self, seed: int) -> str:
        return (
            "SELECT f.id, f.copy, 'drop' AS action, 'known' AS rule, min(o.id) AS of "
            "FROM facts f JOIN others o ON o.key = f.key "
            "WHERE o.hash IN (SELECT hash FROM known) GROUP BY ALL"
        )

    def cuts(self, seed: int):
        if not self.letters:
            return None
        return (
            f"SELECT id, copy, '{self.field}' AS field, 0 AS start, {self.letters} AS \\"end\\", "
            "'first' AS rule FROM facts UNION ALL "
            f"SELECT id, copy, '{self.field}', 1, 2, 'again' FROM facts"
        )

    def certificate(self, gathered):
        hits = gathered.table("SELECT count(*) AS n FROM chosen")["n"][0].as_py()
        return {"kind": "unlike", "holds": hits == 0, "hits": hits}

    def notes(self, gathered):
        return ["compared with " + ", ".join(r.name for r in self.references)]
'''


@pytest.fixture
def comparing(filled: Workbench) -> Workbench:
    path = filled.folder / "own.py"
    path.write_text(OWN)
    load_code(path)
    return filled


def suite(bench: Workbench, prompts: list[str], name: str = "suite.jsonl") -> Path:
    path = bench.folder / name
    lines = [{"prompt": prompt, "response": "other"} for prompt in prompts]
    path.write_bytes(b"\n".join(orjson.dumps(line) for line in lines))
    return path


def prompts_of(bench: Workbench, ref: str) -> list[str]:
    return [
        turns[0]["content"]
        for batch in bench.store.version(ref).batches(["messages"])
        for turns in batch["messages"].to_pylist()
    ]


def test_records_of_a_file_are_compared_with_and_never_members(comparing: Workbench) -> None:
    first = comparing.build(comparing.recipe(""))
    assert first.version is not None
    some = prompts_of(comparing, first.version.ref)[:3]
    suite(comparing, some)
    built = comparing.build(comparing.recipe("  - unlike: {other: [suite.jsonl]}\n"))
    assert built.version is not None
    gone = [p for p in prompts_of(comparing, first.version.ref) if p in some]
    assert built.outcome.dropped == len(gone) > 0
    assert built.outcome.records == first.outcome.records - len(gone)
    named = built.version.manifest["references"]["unlike"]
    assert [each["name"] for each in named] == ["suite.jsonl"]
    assert built.version.manifest["notes"] == {"unlike": ["compared with suite.jsonl"]}
    said = {"kind": "unlike", "holds": False, "hits": len(gone), "step": "unlike"}
    assert said in built.version.certificates


def test_a_version_of_the_store_is_compared_with(comparing: Workbench) -> None:
    first = comparing.build(comparing.recipe(""))
    assert first.version is not None
    steps = f'  - unlike: {{other: ["{first.version.ref}"]}}\n'
    built = comparing.build(comparing.recipe(steps), batch_size=7)
    assert built.outcome.records == 0
    assert comparing.build(comparing.recipe(steps)).is_new is False


def test_a_reference_that_changed_makes_another_version(comparing: Workbench) -> None:
    first = comparing.build(comparing.recipe(""))
    assert first.version is not None
    some = prompts_of(comparing, first.version.ref)
    recipe = comparing.recipe("  - unlike: {other: [suite.jsonl]}\n")
    suite(comparing, some[:1])
    one = comparing.build(recipe)
    assert comparing.build(recipe).is_new is False
    suite(comparing, some[:9])
    nine = comparing.build(recipe)
    assert nine.is_new
    assert nine.outcome.dropped > one.outcome.dropped


def test_what_is_cut_is_an_edit_with_its_spans(comparing: Workbench) -> None:
    first = comparing.build(comparing.recipe(""))
    built = comparing.build(comparing.recipe("  - unlike: {letters: 3}\n  - repair\n"))
    assert first.version is not None
    assert built.version is not None
    before, after = prompts_of(comparing, "support@1"), prompts_of(comparing, "support@2")
    assert [text[3:].strip() for text in before] == [text.strip() for text in after]
    rows = [row for row in built.version.ledger().to_pylist() if row["step"] == "unlike"]
    assert {row["action"] for row in rows} == {"edit"}
    assert {row["rule"] for row in rows} == {"first"}
    assert all(row["spans"] == [Span(0, 3, 0)._asdict()] for row in rows)
    assert built.outcome.edited == first.outcome.records


def test_a_cut_that_is_nowhere_stops_the_build(comparing: Workbench) -> None:
    steps = '  - unlike: {letters: 3, field: "messages[9].content"}\n'
    with pytest.raises(OperatorError, match="step unlike: it cuts out of"):
        comparing.build(comparing.recipe(steps))


def test_a_selection_that_raises_names_its_step(comparing: Workbench) -> None:
    with pytest.raises(OperatorError, match="step unlike: ValueError: no"):
        comparing.build(comparing.recipe("  - unlike: {fails: true}\n"))


def test_what_is_neither_a_file_nor_a_version_is_named(comparing: Workbench) -> None:
    comparing.build(comparing.recipe(""))
    with pytest.raises(NotFoundError, match=r"step unlike: against: 'suport' .*Did you mean"):
        comparing.build(comparing.recipe("  - unlike: {other: [suport]}\n"))
    with pytest.raises(InputError, match="there is no such file"):
        comparing.build(comparing.recipe("  - unlike: {other: [no/such.jsonl]}\n"))


def test_a_suite_that_cannot_be_read_stops_the_build(comparing: Workbench) -> None:
    (comparing.folder / "bad.jsonl").write_text("{broken\n" * 30)
    with pytest.raises(InputError, match=r"bad\.jsonl: 30 of its 30 records cannot be read"):
        comparing.build(comparing.recipe("  - unlike: {other: [bad.jsonl]}\n"))
