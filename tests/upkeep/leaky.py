"""A store that holds a secret in every kind of file, and a search of all its files."""

import hashlib
import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tests.conftest import Workbench, tickets

SECRET = "4711-quagga"
PROMPT = "What is the code of the zebra house in Lima?"
ANSWERS = (
    f"The zebra code is {SECRET}, keep it safe.",
    f"The zebra code is {SECRET}, keep it safe.\u200b  ",
    f"The zebra code is {SECRET}, burn it.",
    f"The zebra code is {SECRET}, FORBIDDEN to all.",
)
SOURCE = "{path: data, name: tickets, key: ticket}"
PACK = """pack: mine
version: 1
what: Mine.
rules:
  - id: loud
    what: Loud.
    why: Test.
    match: "zebra.*FORBIDDEN"
    good: [a]
    bad: [zebra FORBIDDEN]
"""
STEPS = """
  - repair
  - measure
  - rules: chat
  - rules: {pack: ./mine.yaml, name: mine}
  - exact_dedup
  - split: {eval: 0.2}
"""


def fill(bench: Workbench) -> Workbench:
    """Three versions: the secret is edited, dropped as a twin, dropped by a rule that quotes it,
    quarantined, changed by its source (so that the twin comes back), and gone from it.
    """
    (bench.folder / "mine.yaml").write_text(PACK)
    rows: list[Any] = tickets(20)
    rows[7] |= {"prompt": PROMPT, "response": ANSWERS[1]}
    rows[8] |= {"prompt": PROMPT.upper(), "response": ANSWERS[0].upper()}
    rows[9] |= {"prompt": PROMPT, "response": "Nobody knows the code of this house."}
    rows[10] |= {"response": ANSWERS[3]}
    broken = json.dumps({"prompt": "Again?", "response": ANSWERS[0], "more": "x"})[:-3]
    for second in (ANSWERS[1], ANSWERS[2], None):
        rows[7]["response"] = second
        read = [row for row in rows if row["response"] is not None]
        bench.write([*read, broken, "{other bad line"])
        bench.build(bench.recipe(STEPS, SOURCE))
    return bench


def id_of(bench: Workbench, ticket: int) -> str:
    """The id of a ticket's record."""
    from curate.hashing import record_id

    return record_id("tickets", json.dumps(f"T-{ticket}").encode()).hex()


def places(folder: Path) -> set[str]:
    """The top folders and files of a store in which the secret stands, or a hash of an answer."""
    hashes = {hashlib.sha256(text.encode()).digest()[:16] for text in ANSWERS}
    found = set()
    for path in folder.rglob("*"):
        if path.is_file() and any(_tells(value, hashes) for value in values(path)):
            found.add(path.relative_to(folder).parts[0])
    return found


def _tells(value: Any, hashes: set[bytes]) -> bool:
    if isinstance(value, dict):
        return any(_tells(one, hashes) for one in value.values())
    if isinstance(value, list | tuple):
        return any(_tells(one, hashes) for one in value)
    if isinstance(value, str):
        return SECRET in value.lower()
    if isinstance(value, bytes):
        return SECRET.encode() in value.lower() or any(one in value for one in hashes)
    return False


def values(path: Path) -> list[Any]:
    """Everything in a file, decoded and raw."""
    values: list[Any] = [path.read_bytes()]
    if path.suffix == ".parquet":
        values += pq.read_table(path).to_pylist()
    elif path.suffix == ".arrow":
        values += pa.ipc.open_stream(path).read_all().to_pylist()
    elif path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as connection:
            tables = connection.execute(
                "SELECT schema_name, table_name FROM duckdb_tables()"
            ).fetchall()
            for schema, name in tables:
                values += connection.execute(f'SELECT * FROM {schema}."{name}"').fetchall()
    return values
