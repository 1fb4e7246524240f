"""The line rules of a pack applied to texts: lines removed and mended, and records to drop."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.decision import FAILURE
from curate.operator import Edited
from curate.rulepacks.expression import Expression, parse_expression
from curate.rulepacks.failures import scalar
from curate.rulepacks.judge import MATCH_CHARACTERS, values_of
from curate.rulepacks.line_changes import Changes, Mend, OfRows
from curate.rulepacks.line_facts import LineFacts
from curate.rulepacks.line_rule import REMOVED, LineRule, line_signals
from curate.rulepacks.line_texts import KEPT, Lines
from curate.rulepacks.pack import Pack
from curate.rulepacks.rule import Limit, compile_pattern

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
        run = _Run(texts, self.ready)
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

    def __init__(self, texts: pa.StringArray, ready: Sequence[_Ready]) -> None:
        self.lines = Lines.of(texts)
        expressions = [one for each in ready for one in (each.where, each.value) if one is not None]
        named = {name for each in expressions for name in each.signals if name not in REMOVED}
        patterns = [str(each.rule.pattern) for each in ready if each.where is None]
        self.facts = LineFacts(self.lines, named, patterns)
        self.cause = np.full(len(self.lines.raw), KEPT, np.int64)
        self.mends: dict[int, list[Mend]] = {}
        self.failed: list[_Failed] = []
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
            return self.facts.matches(str(each.rule.pattern))
        failing = values_of(each.rule, each.where, self.facts.table(each.where.signals))
        return np.asarray(pc.fill_null(failing, False).to_numpy(), np.bool_)

    def _values(self, each: _Ready, lines: Rows) -> list[str | None]:
        if each.value is not None:
            facts = self.facts.table(each.value.signals).take(pa.array(lines))
            return [scalar(value) for value in values_of(each.rule, each.value, facts).to_pylist()]
        found = [each.compiled.search(text) for text in self._texts(lines)]
        return [scalar(hit.group(0)[:MATCH_CHARACTERS]) if hit else None for hit in found]

    def _texts(self, lines: Rows) -> list[str]:
        texts: list[str] = self.facts.now.take(pa.array(lines)).to_pylist()
        return texts

    def _mend(self, order: int, each: _Ready, hits: Rows) -> None:
        """Replace what matches, and note where it stood in the lines as they came."""
        if not len(hits):
            return
        replacement = each.rule.replace or ""
        for line, text in zip(hits.tolist(), self._texts(hits), strict=True):
            found = tuple(hit.span() for hit in each.compiled.finditer(text))
            self.mends.setdefault(line, []).append(Mend(order, found, replacement))
        texts = self.facts.now.take(pa.array(hits))
        mended = pc.replace_substring_regex(texts, str(each.rule.pattern), replacement)
        self.facts.mend(hits, pc.utf8_trim_whitespace(mended))

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
        touched = np.zeros(len(self.lines.texts), np.bool_)
        touched[self.lines.rows[self.cause != KEPT]] = True
        touched[self.lines.rows[list(self.mends)]] = True
        touched[[each.row for each in self.failed]] = False
        changes = Changes(self.lines, self.cause, self.mends, self.facts.now)
        return Edited(
            self.lines.joined(self._written(), self.cause == KEPT, touched),
            OfRows(lambda row: [span for span, _ in changes.of(row)] if touched[row] else []),
            OfRows(lambda row: [names[n] for _, n in changes.of(row)] if touched[row] else []),
            self._failures(),
        )

    def _written(self) -> pa.StringArray:
        """The lines as they came, with their white space, but for what was mended in them."""
        mask = np.zeros(len(self.cause), np.bool_)
        mask[list(self.mends)] = True
        mended = []
        for line in np.flatnonzero(mask).tolist():
            raw = self.lines.raw[line].as_py()
            lead, stop = len(raw) - len(raw.lstrip()), len(raw.rstrip())
            mended.append(raw[:lead] + self.facts.now[line].as_py() + raw[stop:])
        if not mended:
            return self.lines.raw
        return pc.replace_with_mask(self.lines.raw, pa.array(mask), pa.array(mended, pa.string()))

    def _failures(self) -> pa.Table:
        self.failed.sort(key=lambda each: each[:2])
        columns = [
            pa.array([each.row for each in self.failed], pa.int32()),
            pa.array([each.rule for each in self.failed], pa.string()),
            pa.nulls(len(self.failed), pa.string()),
            pa.array([each.value for each in self.failed], pa.string()),
            pa.array([each.limit for each in self.failed], pa.string()),
        ]
        return pa.table(columns, schema=FAILURE)
