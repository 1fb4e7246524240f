"""The language of `where`: one boolean SQL expression over signals, checked before it runs.

DuckDB parses the expression; every node of the tree must then be on the lists below. What runs is
written anew from that tree, so that no comment or clause of the original text reaches the engine.
"""

import json
import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, Final, NamedTuple

from curate.rulepacks.locked import one_text

MAX_CHARACTERS: Final = 1000

LIMIT_COLUMN: Final = "limit_value"

_PLAIN_OPERATORS: Final = {"+", "-", "*", "/", "//", "%", "||", "~~", "!~~", "~~*", "!~~*"}
_OF_NUMBERS: Final = {"abs", "ceil", "floor", "greatest", "least", "round", "sign"}
_OF_TEXTS: Final = {
    *("concat", "contains", "ends_with", "length", "lower", "ltrim", "prefix", "regexp_full_match"),
    *("regexp_matches", "rtrim", "starts_with", "suffix", "trim", "upper"),
}
FUNCTIONS: Final = frozenset(
    {*_PLAIN_OPERATORS, *_OF_NUMBERS, *_OF_TEXTS, "coalesce", "ifnull", "nullif"}
)
"""Operators and functions that cost no more than their arguments are long."""

_TESTS: Final = {"BETWEEN", "CASE", "COMPARISON", "CONJUNCTION", "FUNCTION", "OPERATOR"}
_CLASSES: Final = _TESTS | {"CAST", "COLUMN_REF", "CONSTANT", "TYPE"}
_OPERATORS: Final = {
    *("COMPARE_IN", "COMPARE_NOT_IN", "OPERATOR_NOT", "OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL"),
    *("OPERATOR_COALESCE", "OPERATOR_NULLIF"),
}
_TYPES: Final = {"BIGINT", "BOOLEAN", "DOUBLE", "FLOAT", "INTEGER", "VARCHAR", "DECIMAL"}
_LIMIT = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\blimit\b", re.IGNORECASE)

Scalar = bool | int | float | str


class Expression(NamedTuple):
    """A checked expression: its SQL, and the signals it names in the order they stand."""

    sql: str
    signals: tuple[str, ...]
    uses_limit: bool


class ExpressionError(ValueError):
    """The expression is not in the language; the message says why."""


def parse_expression(text: str, signals: frozenset[str], limit: Scalar | None) -> Expression:
    """Check an expression and put the limit's value in its place. Raises ExpressionError."""
    if len(text) > MAX_CHARACTERS:
        raise ExpressionError(f"it is longer than {MAX_CHARACTERS} characters")
    filled, uses_limit = _with_limit(text, None if limit is None else _literal(limit))
    return _checked(filled, uses_limit, signals)


def names_in(text: str, limit: Scalar | None) -> tuple[str, ...]:
    """The names in an expression, in lower case, known or not. Raises ExpressionError."""
    if len(text) > MAX_CHARACTERS:
        raise ExpressionError(f"it is longer than {MAX_CHARACTERS} characters")
    tree = _parsed(_with_limit(text, None if limit is None else _literal(limit))[0])
    paths = [node["column_names"] for node in _nodes(tree) if node["class"] == "COLUMN_REF"]
    return tuple(sorted({path[0].lower() for path in paths if len(path) == 1}))


def parse_over_limits(text: str, signals: frozenset[str]) -> Expression:
    """Check an expression whose `limit` is a column of the facts, `LIMIT_COLUMN`, not a value.

    So that one evaluation tries many limits. Raises ExpressionError.
    """
    filled, uses_limit = _with_limit(text, f'"{LIMIT_COLUMN}"')
    return _checked(filled, uses_limit, signals | {LIMIT_COLUMN})


def _checked(filled: str, uses_limit: bool, signals: frozenset[str]) -> Expression:
    tree = _parsed(filled)
    names: dict[str, int] = {}
    for node in _nodes(tree):
        _check_node(node, signals)
        if node["class"] == "COLUMN_REF":
            name, place = node["column_names"][0].lower(), node["query_location"]
            names[name] = min(place, names.get(name, place))
    ordered = tuple(sorted(names, key=lambda name: names[name]))
    return Expression(_written(filled), ordered, uses_limit)


def _with_limit(text: str, limit: str | None) -> tuple[str, bool]:
    """Put the SQL of the limit in its place; say whether it is used."""
    used = False

    def fill(match: re.Match[str]) -> str:
        nonlocal used
        if match[0][0] in "'\"":
            return match[0]
        if limit is None:
            raise ExpressionError("it names `limit`, and the rule has none")
        used = True
        return limit

    return _LIMIT.sub(fill, text), used


def _literal(value: Scalar) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return f"({json.dumps(value)})"


def _parsed(text: str) -> Any:
    """The tree of the expression; anything but a bare SELECT of it is refused."""
    try:
        document = json.loads(one_text("SELECT json_serialize_sql(?)", _query(text)))
    except RecursionError as error:
        raise ExpressionError("it is nested too deeply") from error
    if document["error"]:
        raise ExpressionError(f"it is no expression: {document.get('error_message', '')}")
    statements = document["statements"]
    select = statements[0]["node"] if len(statements) == 1 else {}
    items = select.get("select_list", [])
    plain = (
        select.get("type") == "SELECT_NODE"
        and len(items) == 1
        and not items[0].get("alias")
        and select["from_table"]["type"] == "EMPTY"
        and not select["modifiers"]
        and not select["cte_map"]["map"]
        and not select["group_expressions"]
        and not any(select.get(part) for part in ("where_clause", "having", "sample", "qualify"))
    )
    if not plain:
        raise ExpressionError("it must be a single expression, without clauses")
    return items[0]


def _query(text: str) -> str:
    return f"SELECT ({text}\n)"


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every node of the tree; whatever has a class is one."""
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if "class" in part:
                yield part
            elif "node" in part:
                raise ExpressionError("a subquery is not allowed")
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)


def _check_node(node: dict[str, Any], signals: frozenset[str]) -> None:
    kind = node["class"]
    if kind not in _CLASSES:
        raise ExpressionError(f"{kind.lower().replace('_', ' ')} is not allowed")
    if kind == "COLUMN_REF":
        _check_name(node["column_names"], signals)
    elif kind == "FUNCTION":
        _check_function(node)
    elif kind == "OPERATOR" and node["type"] not in _OPERATORS:
        raise ExpressionError(f"{node['type'].lower().replace('_', ' ')} is not allowed")
    elif kind == "TYPE":
        _check_type(node["type_name"])
    elif kind == "CAST" and "cast_type" in node:
        _check_type(node["cast_type"]["id"])


def _check_name(path: list[str], signals: frozenset[str]) -> None:
    name = ".".join(path)
    if len(path) == 1 and name.lower() in signals:
        return
    near = get_close_matches(name.lower(), signals, n=1)
    guess = f"did you mean `{near[0]}`?" if near else "`curate rules list --signals` lists them"
    raise ExpressionError(f"`{name}` is no signal; {guess}")


def _check_function(node: dict[str, Any]) -> None:
    name = node["function_name"].lower()
    bare = not (node.get("schema") or node.get("catalog") or node.get("filter"))
    ordered = (node.get("order_bys") or {}).get("orders")
    if name not in FUNCTIONS or not bare or ordered or node.get("distinct"):
        near = get_close_matches(name, FUNCTIONS, n=1)
        guess = f"; did you mean {near[0]}?" if near and near[0] != name else ""
        raise ExpressionError(f"the function {name} is not allowed{guess}")


def _check_type(name: str) -> None:
    if name.upper() not in _TYPES:
        raise ExpressionError(f"a cast to {name} is not allowed")


def _written(filled: str) -> str:
    """The expression written anew from its tree, without the SELECT before it."""
    query = "SELECT json_deserialize_sql(json_serialize_sql(?))"
    return one_text(query, _query(filled)).removeprefix("SELECT ")
