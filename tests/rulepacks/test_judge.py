from typing import Any

import pytest

from curate.errors import OperatorError
from curate.record import batch_of
from curate.rulepacks import Judge, parse_pack

PACK = parse_pack(b"""
pack: mine
version: 1
what: Mine.
rules:
  - id: long
    what: Too long.
    why: A test.
    where: words > limit
    limit: 2
    good: ["one"]
    bad: ["one two three"]
  - id: shouting
    what: Loud.
    why: A test.
    match: "[A-Z]{3}.*"
    good: ["one"]
    bad: ["ONE"]
  - id: rude-question
    field: prompt
    what: Rude.
    why: A test.
    match: stupid
    good: ["one"]
    bad: ["stupid"]
  - id: rejected-loud
    field: rejected
    what: Loud.
    why: A test.
    match: "[A-Z]{3}"
    good: ["one"]
    bad: ["ONE"]
  - id: unwanted-long
    undesirable: true
    what: Too long, wanted or not.
    why: A test.
    where: words > limit
    limit: 2
    value: words / 2.0
    good: ["one"]
    bad: ["one two three"]
""")


def ask(question: str, answer: str | None, **more: Any) -> dict[str, Any]:
    turns = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return {"messages": turns, "prompt_turns": 1, **more}


def failures(*records: dict[str, Any], **choices: Any) -> list[tuple[Any, ...]]:
    table = Judge(PACK, **{"field": "response", **choices}).judge(batch_of(records))
    return [tuple(row.values()) for row in table.to_pylist()]


def test_every_failing_rule_is_told_with_value_and_limit() -> None:
    assert failures(ask("?", "fine"), ask("stupid?", "THREE loud words")) == [
        (1, "long", "response", "3", "2"),
        (1, "shouting", "response", '"THREE loud words"', None),
        (1, "rude-question", "prompt", '"stupid"', None),
        (1, "unwanted-long", "response", "1.5", "2"),
    ]


def test_a_record_without_the_field_fails_nothing() -> None:
    page = {"text": "THREE loud words"}
    assert failures(page, {"messages": [], "prompt_turns": 0}, ask("?", None)) == []
    assert [row[1] for row in failures(page, field="text")] == ["long", "shouting", "unwanted-long"]


def test_rejected_endings_are_judged_only_by_rules_that_name_them() -> None:
    loud = [{"role": "assistant", "content": "NO WAY at all"}]
    found = failures(ask("?", "fine", rejected=loud))
    assert found == [(0, "rejected-loud", "rejected", '"WAY"', None)]


def test_undesirable_answers_are_judged_only_where_a_rule_says_so() -> None:
    bad = ask("stupid?", "THREE loud words", desirable=False)
    assert [row[1] for row in failures(bad)] == ["unwanted-long"]
    wanted = ask("?", "THREE loud words", desirable=True)
    assert [row[1] for row in failures(wanted)] == ["long", "shouting", "unwanted-long"]


def test_limits_are_changed_and_rules_left_out() -> None:
    record = ask("?", "one two three")
    assert failures(record, limits={"long": 3, "unwanted-long": 3}) == []
    assert [row[1] for row in failures(record, disable=["long"])] == ["unwanted-long"]


def test_a_matched_text_is_cut_at_eighty_characters() -> None:
    [(_, _, _, value, _)] = failures(ask("?", "ABC" + "é" * 100))
    assert value == '"ABC' + "é" * 77 + '"'


def test_a_rule_that_fails_on_the_data_is_named() -> None:
    text = PACK.model_dump_json().replace("words > limit", "cast(roles as integer) > limit")
    with pytest.raises(OperatorError, match=r"rule long: .*Conversion"):
        Judge(type(PACK).model_validate_json(text), "response").judge(batch_of([ask("?", "x")]))
