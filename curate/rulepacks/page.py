"""A rule as a person reads it in a terminal. Nothing here prints."""

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

import yaml

from curate.output import PIPE_WIDTH, visible
from curate.rulepacks.inventory import rule_signals
from curate.rulepacks.line_rule import LineRule, line_signals
from curate.rulepacks.rule import Predicate, Rule
from curate.rulepacks.written import Example
from curate.signals import SIGNALS

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

LONGEST: Final = 300
"""Characters of a pattern or an example that are shown where a whole pack is."""

_SIGNALS: Final = {**line_signals(), **SIGNALS}

GAP: Final = " ..."


Row = tuple[str, str, str]
"""Name, text and style of a line."""


def rule_page(rule: Predicate, longest: int | None = LONGEST) -> Iterator["RenderableType"]:
    """What a rule drops and why, its predicate, and its examples; a blank line ends it.

    It is never wider than a page of prose should be. Texts of more than `longest` characters are
    cut.
    """
    yield from page_of(rule.id, _judges(rule), rule.what, _rows(rule, longest))


def page_of(name: str, does: str, what: str, rows: Iterable[Row]) -> Iterator["RenderableType"]:
    """A rule by its id, what it does, what it finds, and lines; a blank line ends it."""
    from rich.constrain import Constrain
    from rich.padding import Padding
    from rich.text import Text

    yield Text(visible(name), "bold").append(visible(f"  {does}"), "not bold dim")
    yield Constrain(Padding(Text(prose(what)), (0, 0, 0, 2)), PIPE_WIDTH)
    yield Constrain(Padding(_table(rows), (0, 0, 1, 2)), PIPE_WIDTH)


def _judges(rule: Predicate) -> str:
    """What a rule looks at, and what it does there."""
    if isinstance(rule, LineRule):
        does = "drops the record" if rule.drops == "record" else "removes the line"
        return f"on lines, {does if rule.replace is None else 'mends the line'}"
    assert isinstance(rule, Rule)
    field = f"on {rule.field}" if rule.field else "on the field of the step"
    return field + ", also of records that are not desirable" * rule.undesirable


def _table(rows: Iterable[Row]) -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True, min_width=len("signals"))
    table.add_column(overflow="fold")
    for name, text, style in rows:
        table.add_row(Text(name), Text(text, style))
    return table


def _rows(rule: Predicate, longest: int | None) -> Iterator[Row]:
    yield "why", prose(rule.why), ""
    yield from _predicate(rule, longest)
    if isinstance(rule, LineRule) and rule.replace is not None:
        yield "replace", json.dumps(rule.replace, ensure_ascii=False), "bold"
    if rule.limit is not None:
        yield "limit", visible(json.dumps(rule.limit, ensure_ascii=False)), "bold"
    if rule.value is not None:
        yield "value", visible(rule.value), ""
    for at, name in enumerate(rule_signals(rule)):
        yield (
            "" if at else "signals",
            f"{name}: {(rule.scores.get(name) or _SIGNALS[name]).what}",
            "dim",
        )
    yield from example_rows(rule.good, rule.bad, longest)


def example_rows(
    good: Iterable[Example], bad: Iterable[Example], longest: int | None
) -> Iterator[Row]:
    """A line for each example."""
    for kind, style, examples in (("good", "green", good), ("bad", "red", bad)):
        for at, example in enumerate(examples):
            yield "" if at else kind, cut(_example(example), longest), style


def _predicate(rule: Predicate, longest: int | None) -> Iterator[Row]:
    """What fails the rule."""
    if rule.phrase is not None:
        yield "phrase", visible(rule.phrase), "bold"
    if rule.words is not None:
        yield "words", f"the list {visible(rule.words)}, which a step names a file for", "bold"
    if rule.pattern is not None:
        yield "match", cut(rule.pattern, longest), "bold" if rule.phrase is None else "dim"
    if rule.where is not None:
        yield "where", visible(rule.where), "bold"


def prose(text: str) -> str:
    """A text of a pack as one line."""
    return visible(" ".join(text.split()))


def cut(text: str, longest: int | None) -> str:
    """A text without what makes a terminal do something, and not longer than `longest`."""
    shown = visible(text)
    return shown if longest is None or len(shown) <= longest else f"{shown[:longest]}{GAP}"


def _example(example: Example) -> str:
    """A text in quotes, so that white space is seen; a record as a pack would write it."""
    if isinstance(example, str):
        return json.dumps(example, ensure_ascii=False)
    written: str = yaml.safe_dump(
        example, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10**9
    )
    return written.strip()
