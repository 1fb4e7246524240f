"""The line rules of a pack applied to texts: lines removed and mended, and records to drop."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.decision import FAILURE, Span
from curate.operator import Edited
from curate.rulepacks.expression import Expression, parse_expression
from curate.rulepacks.failures import scalar
from curate.rulepacks.judge import MATCH_CHARACTERS, matches, values_of
from curate.rulepacks.line_rule import REMOVED, LineRule, line_signals
from curate.rulepacks.line_texts import KEPT, Lines, Mend, rebuilt
from curate.rulepacks.pack import Pack
from curate.rulepacks.rule import Limit, compile_pattern
from curate.scan import Scan
from curate.signals import SIGNALS

Rows = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class _Ready(NamedTuple):
    """A rule ready to run: a pattern, or an expression and what it reports."""

    rule: LineRule
    compiled: Any
    where: Expression | None
    value: Expression | None


class _Failed(NamedTuple):
    """A text whose record is dropped, and why."""

    row: int
    order: int
    rule: str
    value: str | None
    limit: str | None


class LineJudge:
    """The line rules of a pack made ready, with the user's limits and lists."""

    def __init__(
        self,
        pack: Pack,
        limits: Mapping[str, Limit] | None = None,
        disable: Sequence[str] = (),
        lists: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Settings are as those of `Judge`."""
        changed = dict(limits or {})
        known = frozenset(line_signals())
        self.ready: list[_Ready] = []
        for written in pack.lines:
            given = None if written.id in disable else written.with_lists(lists or {})
            if given is None:
                continue
            rule = given.model_copy(update={"limit": changed.get(given.id, given.limit)})
            self.ready.append(_ready(rule, known))

    def edit(self, texts: pa.StringArray) -> Edited:
        """The texts after the rules, in their order; a null text stays one."""
        run = _Run(texts)
        for order, each in enumerate(self.ready):
            run.apply(order, each)
        return run.answer([each.rule.id for each in self.ready])


def _ready(rule: LineRule, known: frozenset[str]) -> _Ready:
    if rule.where is None:
        assert rule.pattern is not None
        return _Ready(rule, compile_pattern(rule.pattern), None, None)
    where = parse_expression(rule.where, known, rule.limit)
    value = parse_expression(rule.value or f'"{where.signals[0]}"', known, rule.limit)
    return _Ready(rule, None, where, value)


class _Run:
    """The lines of some texts on their way through the rules."""

    def __init__(self, texts: pa.StringArray) -> None:
        self.lines = Lines.of(texts)
        self.now = self.lines.stripped
        self.cause = np.full(len(self.now), KEPT, np.int64)
        self.mends: dict[int, list[Mend]] = {}
        self.failed: list[_Failed] = []
        self.facts: dict[str, pa.Array] = {}
        self.scan = Scan(self.now)
        self.words: Rows | None = None

    def apply(self, order: int, each: _Ready) -> None:
        """Apply one rule to the lines that are left."""
        rule = each.rule
        if each.where is not None and set(each.where.signals) & set(REMOVED):
            self._judge_texts(order, each)
            return
        hits = np.flatnonzero(self._hits(each) & (self.cause == KEPT))
        if rule.replace is not None:
            self._mend(order, each, hits)
        elif rule.drops == "line":
            self.cause[hits] = order
        else:
            first = hits[np.unique(self.lines.rows[hits], return_index=True)[1]]
            values = self._values(each, first)
            limit = None if rule.limit is None else scalar(rule.limit)
            rows = self.lines.rows[first].tolist()
            self.failed += [
                _Failed(row, order, rule.id, value, limit)
                for row, value in zip(rows, values, strict=True)
            ]

    def _hits(self, each: _Ready) -> Flags:
        if each.where is None:
            return matches(self.now, str(each.rule.pattern))
        facts = self._facts(each.where.signals)
        failing = values_of(each.rule, each.where, facts)
        return np.asarray(pc.fill_null(failing, False).to_numpy(), np.bool_)

    def _values(self, each: _Ready, lines: Rows) -> list[str | None]:
        if each.value is not None:
            facts = self._facts(each.value.signals).take(pa.array(lines))
            return [scalar(value) for value in values_of(each.rule, each.value, facts).to_pylist()]
        found = [each.compiled.search(self.now[line].as_py()) for line in lines.tolist()]
        return [scalar(hit.group(0)[:MATCH_CHARACTERS]) if hit else None for hit in found]

    def _facts(self, names: Sequence[str]) -> pa.Table:
        """Signals of all lines as they are now."""
        for name in names:
            if name not in self.facts:
                alone = SIGNALS[name].of_text_alone
                assert alone is not None
                self.facts[name] = alone(self.scan).cast(SIGNALS[name].type)
        return pa.table({name: self.facts[name] for name in names})

    def _mend(self, order: int, each: _Ready, hits: Rows) -> None:
        """Replace what matches, and note where it stood in the lines as they came."""
        if not len(hits):
            return
        for line in hits.tolist():
            found = tuple(hit.span() for hit in each.compiled.finditer(self.now[line].as_py()))
            mend = Mend(order, found, each.rule.replace or "")
            self.mends.setdefault(line, []).append(mend)
        mended = pc.replace_substring_regex(self.now, str(each.rule.pattern), each.rule.replace)
        self.now = pc.utf8_trim_whitespace(mended)
        self.facts, self.scan = {}, Scan(self.now)

    def _judge_texts(self, order: int, each: _Ready) -> None:
        """A rule on how much of each text was removed so far."""
        assert each.where is not None
        assert each.value is not None
        if self.words is None:
            self.words = self.lines.words()
        facts = self.lines.removed(self.cause != KEPT, self.words)
        failing = pc.fill_null(values_of(each.rule, each.where, facts), False)
        rows = np.flatnonzero(failing.to_numpy())
        values = values_of(each.rule, each.value, facts.take(pa.array(rows))).to_pylist()
        limit = None if each.rule.limit is None else scalar(each.rule.limit)
        for row, value in zip(rows.tolist(), values, strict=True):
            self.failed.append(_Failed(row, order, each.rule.id, scalar(value), limit))

    def answer(self, names: Sequence[str]) -> Edited:
        """What the rules made of the texts; those whose record is dropped are as they came."""
        dropped = {each.row for each in self.failed}
        made = rebuilt(self.lines, self.cause, self.mends, self.now, dropped)
        spans: list[Sequence[Span]] = [()] * len(self.lines.texts)
        rules: list[Sequence[str]] = [()] * len(self.lines.texts)
        for row, changes in made.changes.items():
            spans[row] = [span for span, _ in changes]
            rules[row] = [names[order] for _, order in changes]
        self.failed.sort(key=lambda each: each[:2])
        failures = pa.table(
            [
                pa.array([each.row for each in self.failed], pa.int32()),
                pa.array([each.rule for each in self.failed], pa.string()),
                pa.nulls(len(self.failed), pa.string()),
                pa.array([each.value for each in self.failed], pa.string()),
                pa.array([each.limit for each in self.failed], pa.string()),
            ],
            schema=FAILURE,
        )
        return Edited(made.texts, spans, rules, failures)
