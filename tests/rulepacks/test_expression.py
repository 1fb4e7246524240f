import time
from contextlib import suppress

import duckdb
import pyarrow as pa
import pytest

from curate.rulepacks.expression import ExpressionError, Scalar, parse_expression
from curate.rulepacks.locked import TimeLimitError, evaluate, locked_connection

SIGNALS = frozenset({"words", "roles", "share"})
FACTS = pa.table({"words": [1, 5, None], "roles": ["ua", "sua", None], "share": [0.0, 0.5, None]})


def answers(text: str, limit: Scalar | None = None) -> list[object]:
    sql = parse_expression(text, SIGNALS, limit).sql
    values: list[object] = evaluate([sql], FACTS).column(0).to_pylist()
    return values


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("words > limit", 4, [False, True, None]),
        ("WORDS + 1 >= LIMIT", -1, [True, True, None]),
        ("words between 2 and 9", None, [False, True, None]),
        ("words in (1, 2) or roles is null", None, [True, False, True]),
        ("not regexp_full_match(roles, limit)", "u(a)*", [False, True, None]),
        ("case when share > .4 then true else false end", None, [False, True, False]),
        ("roles = 'limit' or roles = limit", "it's", [False, False, None]),
        ("cast(words as double) / 2 >= 2.5 /* half */", None, [False, True, None]),
        ("starts_with(lower(roles), 's') -- a system turn", None, [False, True, None]),
        ("coalesce(words, 0) = 0", None, [False, False, True]),
        ("round(share * 100) % 7 = 1 and abs(-words) = 5", None, [False, True, None]),
    ],
)
def test_an_expression_over_signals_and_the_limit(
    text: str, limit: Scalar | None, expected: list[object]
) -> None:
    assert answers(text, limit) == expected


def test_signals_are_listed_in_the_order_they_stand() -> None:
    found = parse_expression("share > limit and words > 3 and share < 1", SIGNALS, 0.5)
    assert (found.signals, found.uses_limit) == (("share", "words"), True)


@pytest.mark.parametrize(
    "attack",
    [
        "(select content from read_text('/etc/passwd')) is null",
        "read_text('/etc/passwd') is null",
        "getenv('HOME') = 'x'",
        "exists (select 1)",
        "words = any (select 1)",
        "1) from read_csv('/etc/passwd') where (1=1",
        "1); drop table facts; select (1",
        "1); copy facts to '/dev/null'; select (1",
        "words > 1) -- ",
        "words > 1) /*",
        "1), (2",
        "1) union select (1",
        "words > 1) as x, (true",
        "sum(words) > 1",
        "sum(words) over () > 1",
        "count(*) > 1",
        "* = 1",
        "columns('.*') = 1",
        "list_transform([1], lambda x: x + 1) is null",
        "[x for x in range(1000000000)] is null",
        "range(1000000000) is null",
        "repeat('x', 1000000000) = roles",
        "lpad(roles, 1000000000, 'x') = ''",
        "pragma_version() is null",
        "current_setting('home_directory') = ''",
        "setseed(0.5) is null",
        "nextval('x') = 1",
        "main.abs(words) = 1",
        "facts.words = 1",
        "words = $1",
        "words = ?",
        "words::json = 1",
        "{'a': words} is null",
        "[words] is null",
        "words[1] = 1",
        "roles collate nocase = 'x'",
        "words > 1 \x00",
        "",
    ],
)
def test_what_is_no_plain_expression_is_refused(attack: str) -> None:
    with pytest.raises(ExpressionError):
        parse_expression(attack, SIGNALS, None)


@pytest.mark.parametrize(
    "bomb", ["(" * 450 + "words" + ")" * 450 + " > 1", "not " * 240 + "true", "words" + "+1" * 490]
)
def test_deep_nesting_is_refused_or_runs_but_never_crashes(bomb: str) -> None:
    with suppress(ExpressionError, duckdb.Error):
        answers(bomb)


def test_a_long_expression_is_refused() -> None:
    with pytest.raises(ExpressionError, match="longer than 1000"):
        parse_expression("words > 1 or " * 100 + "words > 2", SIGNALS, None)


def test_an_unknown_signal_is_named_with_the_nearest() -> None:
    with pytest.raises(ExpressionError, match=r"`wrods` is no signal; did you mean `words`\?"):
        parse_expression("wrods > 3", SIGNALS, None)


def test_limit_without_a_limit_is_refused() -> None:
    with pytest.raises(ExpressionError, match="the rule has none"):
        parse_expression("words > limit", SIGNALS, None)


def test_a_quoted_limit_stays_inside_its_quotes() -> None:
    assert answers("roles = limit", "x' or 'a' = 'a") == [False, False, None]


def test_the_database_reaches_nothing_and_cannot_be_unlocked() -> None:
    for statement in (
        "SELECT * FROM read_text('/etc/hostname')",
        "SET enable_external_access = true",
        "COPY (SELECT 1) TO '/dev/null'",
        "ATTACH '/dev/null' AS other",
        "INSTALL httpfs",
        "SELECT * FROM FACTS",
    ):
        with pytest.raises(duckdb.Error):
            locked_connection().execute(statement).fetchall()


def test_an_evaluation_is_stopped_at_its_time_limit() -> None:
    rows = pa.table({"words": list(range(3000))})
    slow = "(SELECT count(*) FROM range(100000000) a, range(100000) b WHERE a.range + words = 0)"
    before = time.monotonic()
    with pytest.raises(TimeLimitError):
        evaluate([slow], rows, seconds=0.2)
    assert time.monotonic() - before < 30
    assert evaluate(["words > 2998"], rows).column(0).to_pylist()[-1] is True
