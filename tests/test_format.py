"""docs/format.md against the code: its examples, and its tables of columns and exit codes."""

import json
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from curate import errors
from curate.decision import LEDGER
from curate.fields import field_texts
from curate.hashing import hash_batch, record_id
from curate.record import MESSAGE, ORIGIN_FIELDS, QUARANTINE, RECORD, batch_of

PAGE = (Path(__file__).parents[1] / "docs" / "format.md").read_text()


def example(name: str) -> str:
    """The block marked `example=NAME`."""
    found = re.findall(rf"^```\w+ example={name}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert len(found) == 1, f"{len(found)} examples of {name}"
    return str(found[0])


def section(title: str) -> str:
    """The text under a heading of the second level, up to the next."""
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None, title
    return found[1]


def first_cells(text: str) -> list[list[str]]:
    """The words in code quotes in the first cell of each row of the first table."""
    rows = re.search(r"^\|.*\n\|[-|]+\n((?:^\|.*\n)+)", text, re.MULTILINE)
    assert rows is not None
    return [re.findall(r"`(\w+)`", row.split("|")[1]) for row in rows[1].splitlines()]


def test_every_example_is_checked_here() -> None:
    assert set(re.findall(r"example=([a-z-]+)$", PAGE, re.MULTILINE)) == {
        "conversation",
        "record-hash",
        "identity",
        "snapshot",
        "ref",
        "recipe",
        "stored-source",
    }


def test_the_hash_of_a_record() -> None:
    given = json.loads(example("record-hash"))
    assert hash_batch(batch_of([given["record"]]))[0].as_py().hex() == given["hash"]


def test_the_text_of_a_whole_record() -> None:
    given = json.loads(example("conversation"))
    texts = field_texts(batch_of([given["record"]]), "conversation")
    assert texts.to_pylist() == [given["conversation"]]


def test_the_identity_of_a_record() -> None:
    for given in json.loads(example("identity")):
        made = record_id(given["source"], given["key"].encode(), given["ordinal"])
        assert made.hex() == given["id"]


@pytest.mark.parametrize("order", [1, -1])
def test_the_id_of_a_snapshot(order: int) -> None:
    from curate.store.snapshot import snapshot_id

    given = json.loads(example("snapshot"))
    members = [
        {**member, "id": bytes.fromhex(member["id"]), "hash": bytes.fromhex(member["hash"])}
        for member in given["members"][::order]
    ]
    schema = pa.schema(
        [
            ("id", pa.binary(16)),
            ("copy", pa.int32()),
            ("hash", pa.binary(16)),
            ("split", pa.string()),
        ]
    )
    assert snapshot_id(pa.Table.from_pylist(members, schema)) == given["snapshot"]


def test_the_forms_of_a_ref() -> None:
    from curate.store.ref import parse_ref

    for given in json.loads(example("ref")):
        made: Any = parse_ref(given.pop("ref"))
        assert made._asdict() == given


def test_a_version_as_a_source_is_understood() -> None:
    from curate.recipe import StoredSource, parse_recipe

    recipe = parse_recipe(example("stored-source"))
    assert recipe.sources == (
        StoredSource(ref="support-sft@2:train", name="support-sft@2:train"),
        StoredSource(ref="code@1", name="code"),
    )


def test_the_recipe_is_understood() -> None:
    from curate.recipe import Source, parse_recipe

    recipe = parse_recipe(example("recipe"))
    assert recipe.dataset == "support-sft"
    assert [step.name for step in recipe.steps] == ["repair", "rules", "exact_dedup", "split"]
    (source,) = recipe.sources
    assert isinstance(source, Source) and source.columns is not None
    assert source.columns.labels == {"topic": "category"}
    assert recipe.seed == 7


def test_the_keys_of_a_map_are_those_of_the_code() -> None:
    from curate.recipe.source import ColumnMap

    sentence = re.search(r"`map:` keys are (.*?)\n\n", section("Recipe"), re.DOTALL)
    assert sentence is not None
    named = re.findall(r"`(\w+)`", sentence[1].split("Columns that")[0])
    assert named == list(ColumnMap.model_fields)


def test_the_fields_of_a_record_are_the_schema() -> None:
    text = section("Record")
    assert [name for cell in first_cells(text) for name in cell] == RECORD.names
    turn = re.search(r"^A turn has (.*?)\.\n", text, re.MULTILINE | re.DOTALL)
    assert turn is not None
    outside_brackets = re.sub(r"\([^)]*\)", "", turn[1])
    assert re.findall(r"`(\w+)`", outside_brackets) == MESSAGE.names


def test_the_columns_of_the_ledger_are_the_schema() -> None:
    listed = [name for cell in first_cells(section("Ledger")) for name in cell]
    assert listed == [*LEDGER.names, *(field.name for field in ORIGIN_FIELDS)]


def test_the_columns_of_the_quarantine_are_the_schema() -> None:
    sentence = section("Quarantine").split(". A build stops")[0]
    assert re.findall(r"`(\w+)`", sentence) == QUARANTINE.names


def test_the_exit_codes_are_those_of_the_errors() -> None:
    listed = {
        int(code) for code in re.findall(r"^\| (\d+) \|", section("Exit codes"), re.MULTILINE)
    }
    raised = {
        kind.exit_code
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.CurateError)
    }
    assert listed == raised | {0, 130}
