"""The first stage: what was hashed is what was read."""

import os
from pathlib import Path

import pytest

from curate.build import Options, build
from curate.errors import InputError
from curate.progress import Silent
from curate.recipe import parse_recipe
from tests.conftest import SMALL_STEPS, Workbench, tickets


class Meddler(Silent):
    """Changes a file while it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def advance(self, units: int) -> None:
        text = self.path.read_bytes()
        self.path.write_bytes(text.replace(b"device number 39", b"gadget number 39"))


def test_a_file_that_changes_while_it_is_read_stops_the_build(filled: Workbench) -> None:
    file = filled.folder / "data/tickets.jsonl"
    recipe = parse_recipe(filled.recipe(""), filled.folder / "recipe.yaml")
    original = file.read_bytes()
    with pytest.raises(InputError, match=r"tickets.jsonl: changed while it was read"):
        build(recipe, filled.store, Options(batch_size=5), Meddler(file))
    file.write_bytes(original)
    built = filled.build(filled.recipe(""))
    assert not built.reused
    assert built.version is not None
    other = Workbench(filled.folder / "other")
    other.write(tickets(40))
    assert built.outcome.snapshot == other.build(other.recipe("")).outcome.snapshot


@pytest.mark.parametrize(("name", "text"), [("a.json", "[]"), ("a.csv", "prompt,response\n")])
def test_a_source_without_any_record_is_an_empty_version(
    bench: Workbench, name: str, text: str
) -> None:
    (bench.folder / "data").mkdir()
    (bench.folder / "data" / name).write_text(text)
    version = bench.build(bench.recipe(SMALL_STEPS + "  - repair: {name: again}\n")).version
    assert version is not None
    assert version.count() == 0
    assert version.ledger().num_rows == 0
    assert version.warnings == ["source tickets: its files hold no records"]


def test_a_source_of_which_nothing_can_be_read_is_warned_of(filled: Workbench) -> None:
    filled.write([{"foo": 1}], "other/faq.jsonl")
    sources = "{path: data, name: tickets}\n  - {path: other, name: faq}"
    (warning,) = filled.build(filled.recipe("", sources)).outcome.warnings
    assert warning.startswith("source faq: none of its 1 records can be read: faq.jsonl:1: ")


def test_a_name_that_is_not_utf8_is_shown_with_escapes(filled: Workbench) -> None:
    file = filled.folder / "data/tickets.jsonl"
    file.rename(os.fsdecode(os.fsencode(file.parent) + b"/caf\xe9.jsonl"))
    version = filled.build().version
    assert version is not None
    assert version.inputs[0]["file"] == "caf\\xe9.jsonl"
    assert set(version.members()["file"].to_pylist()) == {"caf\\xe9.jsonl"}


def test_a_source_that_the_disk_refuses_is_not_told_as_the_stores_fault(bench: Workbench) -> None:
    source = "{path: " + "x" * 5000 + ", name: tickets}"
    with pytest.raises(InputError, match="File name too long"):
        bench.build(bench.recipe("", source=source))


@pytest.mark.parametrize("batch_size", [1, 4, 100])
def test_a_limit_counts_the_same_bad_input_whatever_the_batch(
    bench: Workbench, batch_size: int
) -> None:
    rows = tickets(20)
    bench.write([*rows[:3], "{", *rows[3:6], *["{"] * 30, *rows[6:]])
    bench.write(["{"] * 30, "data/z.jsonl")
    outcome = bench.build(bench.recipe(""), limit=6, batch_size=batch_size, dry_run=True).outcome
    assert (outcome.records, outcome.quarantined) == (6, 1)


def test_bad_lines_are_kept_byte_for_byte(bench: Workbench) -> None:
    bad = r'{"text": "a\nb \u0041 C:\\new'
    bench.write([{"text": "fine"}, bad])
    bench.build(bench.recipe(""))
    assert bench.store.sql("SELECT raw FROM quarantine")["raw"].to_pylist() == [f"{bad}\n".encode()]
