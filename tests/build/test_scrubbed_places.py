"""Wherever a value stands it is scrubbed, and what a build knew before leaves no trace."""

import json
from typing import Any

import pytest

from curate.build.bad_input import CUT_OFF
from curate.errors import LeakError
from curate.history.changes import changes_between
from curate.progress import Silent
from curate.readers.columns import RAW_LIMIT
from curate.upkeep.forget import forget
from curate.upkeep.holders import Asked
from tests.build.test_opening import MaskCodes, places
from tests.conftest import Workbench

LONG = "a long beginning of what is said "


@pytest.fixture
def masking(bench: Workbench, registry: None) -> Workbench:
    from curate.operator import REGISTRY

    REGISTRY["mask_codes"] = MaskCodes
    return bench


def test_licences_and_numbers_with_a_point_are_scrubbed(masking: Workbench) -> None:
    row = {"text": "a", "license": "code-111", "n": 98765432.0, "half": 98765432.5, "large": 1e30}
    masking.write([row])
    masking.build(masking.recipe("  - mask_codes\n", "{path: data, map: {license: license}}"))
    (kept,) = masking.store.sql("SELECT license, meta FROM records").to_pylist()
    assert kept["license"] == "<C>"
    assert json.loads(kept["meta"]) == {"n": "<C>", "half": 98765432.5, "large": 1e30}
    assert masking.store.sql("SELECT field FROM ledger ORDER BY field")["field"].to_pylist() == [
        "license",
        "meta.n",
    ]


@pytest.mark.parametrize(
    ("line", "left"),
    [
        (r'{"text": "{\"a\": \"cod\\u0065-888\"}", ', "<C>"),
        (json.dumps({"messages": [{"role": LONG + "code-888", "content": "a"}]}), "<C>"),
        ('{"text": "' + "a" * (RAW_LIMIT - 300) + " code " + "8 " * 400, "a"),
        ('{"text": "' + "a" * (RAW_LIMIT - 15) + "code-888", "a"),
    ],
)
def test_nothing_of_a_value_is_left_in_bad_input(line: str, left: str, masking: Workbench) -> None:
    masking.write([{"text": "a"}, line])
    masking.build(masking.recipe("  - mask_codes\n"))
    (bad,) = masking.store.sql("SELECT reason, raw FROM quarantine").to_pylist()
    assert "code" not in bad["raw"].decode() + bad["reason"]
    assert left in bad["raw"].decode()


def test_a_value_that_a_reason_would_cut_is_not_quoted(masking: Workbench) -> None:
    # The beginning of a value, such as of a mail address, is found by nothing.
    masking.write([{"text": "a"}, {"messages": [{"role": LONG + "code-888", "content": "a"}]}])
    masking.build(masking.recipe("  - mask_codes\n"))
    (reason,) = masking.store.sql("SELECT reason FROM quarantine")["reason"].to_pylist()
    assert reason.startswith("messages[0] has the unknown role …; known are")


def test_a_value_before_the_end_of_a_cut_line_is_found_whole(masking: Workbench) -> None:
    before = "a" * (RAW_LIMIT - CUT_OFF - 14) + "code-888" + "b" * (2 * CUT_OFF)
    masking.write([{"text": "a"}, '{"text": "' + before])
    masking.build(masking.recipe("  - mask_codes\n"))
    assert places(masking.store.folder) == set()
    (raw,) = masking.store.sql("SELECT raw FROM quarantine")["raw"].to_pylist()
    assert raw.decode().rstrip("bC<>").endswith("a")


PII_AND_CODES = "  - pii: {action: drop}\n  - mask_codes\n"
ROWS: list[Any] = [
    {"text": "a", "more": {"code-111": "jo@acme.com", "code-222": {"x": ["a jo@acme.com"]}}},
    {"text": "mail jo@acme.com of code-333"},
]


def test_a_key_that_a_later_step_scrubs_is_in_no_path(masking: Workbench) -> None:
    masking.write(ROWS)
    masking.build(masking.recipe(PII_AND_CODES))
    assert places(masking.store.folder) == set()
    fields = masking.store.sql("SELECT DISTINCT field FROM ledger ORDER BY 1")["field"].to_pylist()
    assert fields == ["meta.more.<C>", "meta.more.<C>.x[0]", "text"]


def test_what_a_build_with_fewer_scrubs_decided_changes_no_ledger(masking: Workbench) -> None:
    masking.write(ROWS)
    masking.build(masking.recipe("  - pii: {action: drop}\n"))
    masking.build(masking.recipe(PII_AND_CODES))
    query = "SELECT * EXCLUDE version FROM ledger WHERE version = {} ORDER BY ALL"
    ledger = masking.store.sql(query.format(2)).to_pylist()
    other = Workbench(masking.folder / "other")
    other.write(ROWS)
    other.build(other.recipe(PII_AND_CODES))
    assert other.store.sql(query.format(1)).to_pylist() == ledger


def test_what_was_erased_stays_away_in_another_source(masking: Workbench) -> None:
    masking.write([{"text": "of code-111"}, {"text": "a"}])
    masking.build(masking.recipe("  - mask_codes\n"))
    query = "SELECT id FROM records WHERE text LIKE '%<C>%' AND version = {}"
    gone = masking.store.sql(query.format(1))["id"].to_pylist()
    forget(masking.store, Asked(ids=tuple(gone)), "asked", progress=Silent())
    masking.write([{"text": "of code-111"}, {"text": "b"}], name="data/more.jsonl")
    source = "{path: data/more.jsonl, name: more}"
    masking.build(masking.recipe("  - mask_codes\n", source))
    left = masking.store.sql("SELECT text FROM records WHERE version = 2")["text"].to_pylist()
    assert left == ["b"]


def test_a_diff_tells_a_new_scrub_from_a_new_source(masking: Workbench) -> None:
    source = "{path: data, name: tickets, key: n}"
    rows = [{"n": n, "text": f"{n} of code-111"} for n in range(3)]
    masking.write(rows)
    plain = masking.build(masking.recipe("  - repair\n", source)).version
    scrubbed = masking.build(masking.recipe("  - mask_codes\n", source)).version
    rows[1]["text"] = "now code-222"
    masking.write(rows)
    changed = masking.build(masking.recipe("  - mask_codes\n", source)).version
    assert plain and scrubbed and changed
    told = changes_between(plain, scrubbed).to_pylist()
    keys = [json.loads(one["key"]) for one in told]
    assert [(one["cause"], one["steps_new"]) for one in keys] == [("steps", ["mask_codes"])] * 3
    assert [one["cause"] for one in changes_between(scrubbed, changed).to_pylist()] == ["source"]


def test_a_leak_in_bad_input_is_told_with_its_line(masking: Workbench) -> None:
    masking.write([{"text": "a"}, '{"text": "co\u200bde-222'])
    with pytest.raises(LeakError, match=r"tickets\.jsonl:2 bad input: code xxx"):
        masking.build(masking.recipe("  - mask_codes\n"))
