"""Where a recipe scrubs, nothing is written before that, and the ledger still tells all."""

import json
import re
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pytest

from curate.decision import FAILURE, Span
from curate.errors import LeakError, OperatorError
from curate.operator import Edited, Leak, ScrubOperator
from curate.progress import Silent
from curate.upkeep.forget import forget
from curate.upkeep.holders import Asked
from tests.conftest import Workbench
from tests.upkeep.leaky import values

CODE = re.compile(r"code-\d{3}")
PLANTED = re.compile(r"code-?\d{3}|c\u200bode|98765432")

STEPS = """
  - repair
  - rules: {pack: ./mine.yaml}
  - exact_dedup
  - mask_codes
"""
PACK = """pack: mine
version: 1
what: Mine.
rules:
  - id: loud
    what: Loud.
    why: Test.
    match: "LOUD"
    good: [a]
    bad: [LOUD]
"""


def turns(*texts: str) -> dict[str, Any]:
    said = zip(("user", "assistant"), texts, strict=True)
    return {"messages": [{"role": role, "content": text} for role, text in said], "kind": "x"}


ROWS: list[Any] = [
    turns("My code-111, please.", "Thank you for code-111."),
    turns("Here:  \n\n\n\n\nco\u200bde-222", "Fine.  "),
    turns("Nothing to hide \u200bhere.  ", "No."),
    turns("Dropped:", "LOUD code-333"),
    turns("Dropped:", "LOUD code-333"),
    turns("Gone with code-999", "as the edit says."),
    {**turns("Look.", "See meta."), "meta": {"a": "code-444", "code-444": ["code-444"]}},
    {**turns("Number.", "See meta."), "meta": {"n": 98765432}},
    {**turns("Label.", "See labels."), "kind": "code-555"},
    {
        "kind": "x",
        "messages": [
            {"role": "user", "content": "Call it.", "name": "code-666"},
            {
                "role": "assistant",
                "content": "",
                "reasoning_content": "I use code-666.",
                "tool_calls": [
                    {
                        "id": "1",
                        "type": "function",
                        "function": {"name": "f", "arguments": '{"to": "a\\ncode-666"}'},
                    }
                ],
            },
        ],
        "tools": [{"type": "function", "function": {"name": "f", "description": "of code-666"}}],
    },
    {"prompt": "Which?", "chosen": "This code-777.", "rejected": "That code-777.", "kind": "x"},
    '{"text": 7, "more": "code-888"}',
    '{"text": 8, "more": "cod\\u0065-888"}',
    '{"text": "code-888',
    r'{"text": "{\"a\": \"{\\\"b\\\": \\\"\\\\tcode-888\\\"}\"}"',
    *(turns(f"Question {n}?", f"Answer {n}.") for n in range(20)),
]


def recipe(steps: str) -> str:
    listed = f"steps:\n{steps}"
    source = "{path: data, name: tickets, map: {labels: {topic: kind}}}"
    return f"dataset: support\nsources:\n  - {source}\n{listed}\nseed: 7\n"


class MaskCodes(ScrubOperator):
    """Take out codes, and drop those of 999; 98765432 is one."""

    name: ClassVar[str] = "mask_codes"
    version: ClassVar[int] = 1
    blind: bool = False
    """Whether it overlooks codes with an invisible character."""

    def edit(self, texts: pa.StringArray) -> Edited:
        made: list[str | None] = []
        spans: list[list[Span]] = []
        failures = []
        for row, text in enumerate(texts.to_pylist()):
            found = [*re.finditer(r"code-\d{3}|98765432", text or "")]
            spans.append([Span(*m.span(), 3, "codes", 1.0, "<C>") for m in found])
            made.append(None if text is None else re.sub(r"code-\d{3}|98765432", "<C>", text))
            if "code-999" in (text or ""):
                failures.append({"row": row, "rule": "gone"})
            if "boom" in (text or ""):
                raise ValueError("boom")
        rules = [["code"] * len(own) for own in spans]
        gone = pa.Table.from_pylist(failures, FAILURE)
        return Edited(pa.array(made, pa.string()), spans, rules, gone)

    def leaks(self, texts: pa.StringArray, surrogates: frozenset[str]) -> list[Leak]:
        assert surrogates <= {"<C>", "<EMAIL_ADDRESS>"}
        plain = [(text or "").replace("\u200b", "") for text in texts.to_pylist()]
        return [Leak(row, "code", "xxx") for row, text in enumerate(plain) if CODE.search(text)]


@pytest.fixture
def scrubbed(bench: Workbench, registry: None) -> Workbench:
    from curate.operator import REGISTRY

    REGISTRY["mask_codes"] = MaskCodes
    (bench.folder / "mine.yaml").write_text(PACK)
    bench.write(ROWS)
    return bench


def places(folder: Path) -> set[str]:
    """The files of a store in which anything planted stands."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and any(_tells(value) for value in values(path))
    }


def _tells(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_tells(one) for pair in value.items() for one in pair)
    if isinstance(value, list | tuple):
        return any(_tells(one) for one in value)
    if isinstance(value, bytes):
        return bool(PLANTED.search(value.decode("utf-8", "replace")))
    return isinstance(value, str) and bool(PLANTED.search(value))


def test_nothing_planted_is_in_any_file_of_the_store(scrubbed: Workbench) -> None:
    built = scrubbed.build(recipe(STEPS))
    assert built.outcome.quarantined == 4
    assert places(scrubbed.store.folder) == set()
    kept = json.dumps(scrubbed.store.sql("SELECT * FROM records").to_pylist())
    assert kept.count("<C>") == 14
    assert r"\"n\":\"<C>\"" in kept


def test_a_dropped_record_is_kept_as_it_is_after_the_scrub(scrubbed: Workbench) -> None:
    scrubbed.build(recipe(STEPS))
    rows = scrubbed.store.sql(
        "SELECT rule, before, count(*) AS n FROM ledger WHERE action = 'drop' GROUP BY ALL"
    ).to_pylist()
    assert sorted((row["rule"], row["n"]) for row in rows) == [("gone", 1), ("loud", 2)]
    version = scrubbed.store.version("support")
    contents = version.payloads([bytes.fromhex(row["before"]) for row in rows])
    told = sorted(turn["content"] for one in contents.values() for turn in one["messages"])
    assert told == ["Dropped:", "Gone with <C>", "LOUD <C>", "as the edit says."]


def test_the_ledger_names_no_content_that_is_not_kept(scrubbed: Workbench) -> None:
    scrubbed.build(recipe(STEPS))
    named = scrubbed.store.sql("SELECT before AS hash FROM ledger UNION SELECT after FROM ledger")
    hashes = [bytes.fromhex(one) for one in named["hash"].to_pylist() if one]
    assert set(scrubbed.store.version("support").payloads(hashes)) == set(hashes)
    repaired = scrubbed.store.sql(
        "SELECT count(*) FILTER (before IS NULL) AS hidden, count(*) AS all_ FROM ledger "
        "WHERE step = 'repair'"
    ).to_pylist()[0]
    # What has nothing to hide is told; of the other text nobody could say what was repaired.
    assert (repaired["hidden"], repaired["all_"]) == (2, 3)


def test_findings_have_detector_score_and_surrogate(scrubbed: Workbench) -> None:
    scrubbed.build(recipe(STEPS))
    rows = scrubbed.store.sql(
        "SELECT field, s.* FROM (SELECT field, unnest(spans) AS s FROM ledger "
        "WHERE step = 'mask_codes') ORDER BY field, s.start"
    ).to_pylist()
    assert {row["field"] for row in rows} == {
        *("messages[0].content", "messages[1].content", "messages[0].name", "labels.topic"),
        *("messages[1].reasoning", "messages[1].tool_calls[0].function.arguments.to"),
        *("tools[0].function.description", "meta.meta.a", "meta.meta.<C> (key)"),
        *("meta.meta.<C>[0]", "meta.meta.n", "rejected[0].content"),
    }
    assert {(row["detector"], row["score"], row["surrogate"]) for row in rows} == {
        ("codes", 1.0, "<C>")
    }


def test_scrubbing_runs_first_wherever_it_is_listed(scrubbed: Workbench) -> None:
    last = scrubbed.build(recipe(STEPS))
    assert last.version is not None
    assert any("run before rules, exact_dedup" in each for each in last.outcome.warnings)
    order = [step["name"] for step in last.version.recipe["steps"]]
    assert order == ["repair", "mask_codes", "rules", "exact_dedup"]
    repair, *others, mask = STEPS.strip("\n").splitlines()
    first = scrubbed.build(recipe("\n".join([repair, mask, *others, ""])))
    assert not first.is_new


@pytest.mark.parametrize("options", [{"batch_size": 3}, {"batch_size": 7, "fuse": False}])
def test_batches_change_nothing(scrubbed: Workbench, options: dict[str, Any]) -> None:
    one = scrubbed.build(recipe(STEPS))
    ledger = scrubbed.store.sql("SELECT * FROM ledger ORDER BY ALL").to_pylist()
    other = Workbench(scrubbed.folder / "other")
    (other.folder / "mine.yaml").write_text(PACK)
    other.write(ROWS)
    two = other.build(recipe(STEPS), **options)
    assert two.outcome.snapshot == one.outcome.snapshot
    assert two.outcome.counts == one.outcome.counts
    assert other.store.sql("SELECT * FROM ledger ORDER BY ALL").to_pylist() == ledger


def test_a_build_again_reads_nothing_again(scrubbed: Workbench) -> None:
    scrubbed.build(recipe(STEPS))
    again = scrubbed.build(recipe(STEPS.replace("exact_dedup", "split: {eval: 0.5}")))
    assert {"read", "repair", "mask_codes"} <= {
        name for each in again.reused for name in each.split(" + ")
    }
    assert places(scrubbed.store.folder) == set()


def test_what_is_left_stops_the_build_and_leaves_nothing(scrubbed: Workbench) -> None:
    with pytest.raises(LeakError) as caught:
        scrubbed.build(recipe("  - mask_codes\n"))
    told = str(caught.value)
    assert "one value left: tickets.jsonl:2" in told
    assert "messages[0].content: code xxx" in told
    assert scrubbed.store.versions() == []
    assert places(scrubbed.store.folder) == set()


def test_what_is_erased_stays_away(scrubbed: Workbench) -> None:
    scrubbed.build(recipe(STEPS))
    gone = scrubbed.store.sql(
        "SELECT id FROM records WHERE messages[1].content = 'My <C>, please.'"
    )["id"].to_pylist()
    forget(scrubbed.store, Asked(ids=tuple(gone)), "asked", progress=Silent())
    again = scrubbed.build(recipe(STEPS))
    assert (
        gone[0]
        not in scrubbed.store.sql(
            f"SELECT id FROM members WHERE version = {again.version.number if again.version else 0}"
        )["id"].to_pylist()
    )
    text = b"My <C>, please."
    for path in scrubbed.store.folder.rglob("*"):
        found = values(path) if path.is_file() else []
        assert not any(text.decode() in str(each) for each in found), path
    assert places(scrubbed.store.folder) == set()


def test_a_scrub_that_fails_names_the_record(scrubbed: Workbench) -> None:
    scrubbed.write([*ROWS, turns("boom  ", "now")])
    with pytest.raises(OperatorError) as caught:
        scrubbed.build(recipe(STEPS))
    assert "step mask_codes: ValueError: boom, at record" in str(caught.value)
    assert f"tickets.jsonl:{len(ROWS) + 1})" in str(caught.value)
    assert places(scrubbed.store.folder) == set()
