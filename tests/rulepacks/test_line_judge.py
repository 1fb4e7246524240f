"""Rules on lines: what they remove, mend and drop, and where the ledger says that it stood."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.operator import Edited
from curate.rulepacks import check_pack, parse_pack
from curate.rulepacks.line_judge import LineJudge

HEAD = "pack: mine\nversion: 1\nwhat: Mine.\nlines:\n"
BLANKS = """\
  - {id: blank, what: Blank., why: Test., match: '\\A\\z', good: [a], bad: ["a\\n\\nb"]}
"""
FEW = """\
  - id: few
    what: Fewer than two words.
    why: A test.
    where: words < limit
    limit: 2
    good: [two words]
    bad: ["two words\\none"]
"""
MARK = """\
  - {id: mark, what: Marks., why: A., match: '\\[\\d+\\]', replace: "", good: [a], bad: ["a [1]"]}
"""
STOP = """\
  - {id: stop, what: Stop., why: Test., match: '(?i)stop', drops: record, good: [a], bad: [Stop.]}
"""
MUCH = """\
  - id: much
    what: More than half of the words were removed.
    why: A test.
    where: removed_words > limit
    limit: 0.5
    drops: record
    good: [one two]
    bad: [one two]
"""


def judge(*rules: str) -> LineJudge:
    return LineJudge(parse_pack((HEAD + "".join(rules)).encode()))


def edit(texts: list[str | None], *rules: str) -> Edited:
    return judge(*rules).edit(pa.array(texts, pa.string()))


def named(name: str, pattern: str, more: str = "") -> str:
    """A rule on a pattern."""
    keys = f"id: {name}, what: It is there., why: A test., match: '{pattern}', {more}"
    return f"  - {{{keys}good: [a], bad: [b]}}\n"


def applied(text: str, answer: Edited, row: int, after: str) -> str:
    """The text before, changed where the spans say, with what the text after has there."""
    assert answer.spans is not None
    made, at, place = "", 0, 0
    for start, end, length, *_ in answer.spans[row]:
        assert start >= place
        made += text[place:start]
        at += start - place
        made += after[at : at + length]
        at += length
        place = end
    return made + text[place:]


def test_lines_that_fail_are_removed_and_others_keep_their_white_space() -> None:
    answer = edit(["  keep this \none\n\n\tand this", "all is well", None], FEW)
    assert answer.texts.to_pylist() == ["  keep this \n\tand this", "all is well", None]
    assert answer.rules is not None
    assert [answer.rules[row] for row in range(3)] == [["few", "few"], [], []]


def test_a_text_whose_lines_all_fail_is_empty() -> None:
    assert edit(["one\ntwo\n"], FEW).texts.to_pylist() == [""]


def test_each_rule_sees_what_those_before_it_left() -> None:
    assert edit(["[1] [2]\nkept [3] line"], MARK, FEW).texts.to_pylist() == ["kept  line"]
    assert edit(["[1] [2]\nkept [3] line"], FEW, MARK).texts.to_pylist() == ["\nkept  line"]


def test_what_is_mended_is_found_where_the_text_did_not_have_it() -> None:
    rules = [
        named("hyphen", r"\A-|-", 'replace: "", '),
        named("java", "java"),
        named("ruby", "ruby"),
    ]
    texts: list[str | None] = ["ja-va\nkept", " ruby \nru-by", "ja\nva", None]
    assert edit(texts, *rules).texts.to_pylist() == ["kept", "", "ja\nva", None]


def test_a_dropped_record_keeps_its_text_and_says_what_was_found() -> None:
    answer = edit(["one\nplease Stop here\nstop", "one\nand two"], FEW, STOP)
    assert answer.texts.to_pylist() == ["one\nplease Stop here\nstop", "and two"]
    assert answer.failures is not None
    assert answer.failures.to_pylist() == [
        {"row": 0, "rule": "stop", "field": None, "value": '"Stop"', "limit": None}
    ]


def test_too_much_removed_drops_the_record() -> None:
    answer = edit(["one\ntwo\nthree four", "one\nthree four five", " \n"], FEW, MUCH)
    assert answer.failures is not None
    assert answer.failures.to_pylist() == []
    answer = edit(["one\ntwo\nthree\nfour five", "one\nthree four"], FEW, MUCH)
    assert answer.failures is not None
    (failure,) = answer.failures.to_pylist()
    assert (failure["row"], failure["value"], failure["limit"]) == (0, "0.6", "0.5")


LINES = st.lists(
    st.sampled_from(["", " ", "one", "two words", " three [1] words ", "[2]", "[3][4] é", "世界"]),
    min_size=1,
    max_size=7,
)


@given(st.lists(LINES.map("\n".join), min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_spans_say_where_the_text_changed(texts: list[str]) -> None:
    answer = edit(list(texts), MARK, FEW)
    for row, (text, after) in enumerate(zip(texts, answer.texts.to_pylist(), strict=True)):
        assert applied(text, answer, row, after) == after
        assert answer.spans is not None
        assert bool(answer.spans[row]) == (text != after)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("words < limit", "wrods < limit", "`wrods` is no signal; did you mean `words`?"),
        ("words < limit", "turns < limit", "`turns` is no signal"),
        ("words < limit", "removed_words < limit", "can only drop it with `drops: record`"),
        ("    limit: 2\n", "    limit: 2\n    replace: x\n", "mends what `match` finds"),
        ("    limit: 2\n", "    limit: 2\n    field: text\n", "unknown key `field`"),
        ("    limit: 2\n", "    limit: 2\n    drops: page\n", "'line' or 'record'"),
        ("bad: [", "bad: [{prompt: a}, ", "an example of a rule on lines is a text"),
        ("good: [two words]", "good: [one]", "good example 'one' fails and should pass"),
    ],
)
def test_a_wrong_rule_on_lines_is_explained(before: str, after: str, found: str) -> None:
    assert before in FEW
    problems = check_pack((HEAD + FEW.replace(before, after)).encode())
    assert found in "\n".join(map(str, problems))


def test_a_pack_without_any_rule_is_none() -> None:
    assert "at least one rule" in str(check_pack(HEAD.replace("lines:\n", "").encode())[0])
