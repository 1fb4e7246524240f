"""Signals that are SQL expressions over others, defined where they are used."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import duckdb
import pyarrow as pa

from curate.rulepacks.expression import FUNCTIONS, ExpressionError, parse_expression
from curate.rulepacks.locked import TimeLimitError, evaluate
from curate.signals import Signal
from curate.signals.registry import NAME

_IDENTIFIER: Final = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[A-Za-z_][A-Za-z0-9_]*")
RESERVED: Final = FUNCTIONS | {"limit", "case", "when", "then", "else", "end", "and", "or", "not"}
"""What an expression has another meaning for."""


class DefinitionFault(NamedTuple):
    """What is wrong with a definition."""

    name: str
    what: str


def expanded(text: str, definitions: Mapping[str, str]) -> str:
    """An expression with definitions put where their names stand, those of definitions too.

    >>> expanded("dense > limit and 'dense' <> '' ", {"half": "words / 2", "dense": "half / lines"})
    "((words / 2) / lines) > limit and 'dense' <> '' "
    """
    lowered = {name.lower(): name for name in definitions}
    known = list(definitions)

    def put(match: re.Match[str]) -> str:
        name = lowered.get(match[0].strip('"').lower()) if match[0][0] != "'" else None
        if name is None:
            return match[0]
        # Only those before it, so that no definition can go round in a circle.
        before = {each: definitions[each] for each in known[: known.index(name)]}
        return f"({expanded(definitions[name], before)})"

    return _IDENTIFIER.sub(put, text)


def definition_faults(
    definitions: Mapping[str, str], signals: Mapping[str, Signal]
) -> Iterator[DefinitionFault]:
    """What is wrong with definitions over some signals."""
    before: dict[str, str] = {}
    empty = pa.table({name: pa.array([], each.type) for name, each in signals.items()})
    for name, text in definitions.items():
        what = _fault(name, text, before, signals, empty)
        if what is not None:
            yield DefinitionFault(name, f"signal {name!r}: {what}")
        before[name] = text


def _fault(
    name: str,
    text: object,
    before: Mapping[str, str],
    signals: Mapping[str, Signal],
    empty: pa.Table,
) -> str | None:
    if not isinstance(text, str):
        return "its definition is an SQL expression, a text"
    if not NAME.fullmatch(name) or name in RESERVED:
        return "a name has a to z, 0 to 9 and _, and is no word of SQL"
    if name in signals:
        return "a signal of curate has this name"
    try:
        expression = parse_expression(expanded(text, before), frozenset(signals), None)
        evaluate([expression.sql], empty)
    except ExpressionError as error:
        return str(error)
    except (duckdb.Error, TimeLimitError) as error:
        return f"it does not run: {str(error).partition(chr(10))[0]}"
    return None if expression.signals else "it names no signal"
