"""Judging a batch by a pack: which rows fail which rules, with value and limit."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.errors import OperatorError
from curate.fields import field_texts
from curate.operator import Judged, Measured
from curate.rulepacks.comparison import compared
from curate.rulepacks.expression import Expression, parse_expression
from curate.rulepacks.failures import Failing, failures_of, scalar, scalars
from curate.rulepacks.locked import TimeLimitError, evaluate
from curate.rulepacks.matching import matches_of
from curate.rulepacks.pack import Pack
from curate.rulepacks.rule import RECORD_FIELD, Limit, Predicate, Rule, compile_pattern
from curate.scan import Scan
from curate.scores import ScoreType, Wanted, score_of
from curate.signals import SIGNALS, Signal, measure, tokens_first

MATCH_CHARACTERS: Final = 80
"""How much of a matched text is reported."""

MOST_TEXTS: Final = 8
"""A signal is asked about by its values, where so many rows share one of them."""

Flags = npt.NDArray[np.bool_]


class Where(NamedTuple):
    """A rule with `where`, ready to run."""

    order: int
    rule: Rule
    where: Expression
    value: Expression


class Pattern(NamedTuple):
    """A rule with a pattern, ready to run."""

    order: int
    rule: Rule
    compiled: Any


class Judge:
    """A pack made ready for one field, with the user's limits."""

    def __init__(
        self,
        pack: Pack,
        field: str,
        limits: Mapping[str, Limit] | None = None,
        disable: Sequence[str] = (),
        lists: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """`limits` replaces limits by rule id; the rules in `disable` are left out.

        `lists` are the words of rules with `words`; without its list a rule is left out.
        """
        self.predicates: dict[str, list[Where]] = {}
        self.patterns: dict[str, list[Pattern]] = {}
        changed = dict(limits or {})
        for order, written in enumerate(pack.rules):
            given = None if written.id in disable else written.with_lists(lists or {})
            if given is None:
                continue
            rule = given.model_copy(update={"limit": changed.get(given.id, given.limit)})
            where = rule.field or field
            if rule.pattern is not None:
                pattern = Pattern(order, rule, compile_pattern(rule.pattern))
                self.patterns.setdefault(where, []).append(pattern)
            else:
                self.predicates.setdefault(where, []).append(_predicate(order, rule))

    def wants(self) -> list[Wanted]:
        """The scores that the rules are made of; batches have them as columns."""
        return [
            wanted
            for field, predicates in self.predicates.items()
            for wanted in wanted_of(predicates, field).values()
        ]

    def judge(self, batch: pa.RecordBatch) -> pa.Table:
        """The failures among the rows of a batch (schema `FAILURE`), by row, then by rule."""
        return self.judged(batch).failures

    def judged(self, batch: pa.RecordBatch) -> Judged:
        """The failures, and the signals that were measured for the rules with `where`."""
        wanted = pc.fill_null(batch.column("desirable"), True)
        desirable = np.asarray(wanted.to_numpy(zero_copy_only=False), np.bool_)
        failing: list[Failing] = []
        measured: list[Measured] = []
        for field in sorted({*self.predicates, *self.patterns}):
            subject = _Subject(batch, field, desirable)
            predicates = self.predicates.get(field, [])
            if predicates and subject.present.any():
                facts = _facts(subject, predicates)
                failing.extend(_failing_predicates(subject, predicates, facts))
                rows = pa.array(np.flatnonzero(subject.present))
                known = facts if subject.present.all() else facts.take(rows)
                measured.append(Measured(field, rows, known))
            failing.extend(_failing_patterns(subject, self.patterns.get(field, [])))
        return Judged(failures_of(failing), measured)


class _Subject:
    """A batch seen through one field."""

    def __init__(self, batch: pa.RecordBatch, field: str, desirable: Flags) -> None:
        self.batch = batch
        self.field = field
        self.desirable = desirable
        if field == RECORD_FIELD:
            self.texts = pa.nulls(len(batch), pa.string())
            self.present = np.ones(len(batch), np.bool_)
        else:
            self.texts = field_texts(batch, field)
            valid = pc.is_valid(self.texts)
            self.present = np.asarray(valid.to_numpy(zero_copy_only=False), np.bool_)

    def eligible(self, rule: Rule) -> Flags:
        """The rows that a rule may judge."""
        return self.present if rule.undesirable else self.present & self.desirable


def _predicate(order: int, rule: Rule) -> Where:
    assert rule.where is not None
    known = frozenset(SIGNALS) | frozenset(rule.scores)
    where = parse_expression(rule.where, known, rule.limit)
    value = parse_expression(rule.value or f'"{where.signals[0]}"', known, rule.limit)
    return Where(order, rule, where, value)


def _facts(subject: _Subject, predicates: list[Where]) -> pa.Table:
    """The signals that rules on one field are made of, by name."""
    names = {name for each in predicates for name in (*each.where.signals, *each.value.signals)}
    wanted = wanted_of(predicates, subject.field)
    found = {name: score_of(subject.batch, one) for name, one in wanted.items()}
    scan = Scan(subject.texts)
    for name in tokens_first(names - set(found)):
        found[name] = measure(name, subject.batch, scan)
    return pa.table({name: found[name] for name in sorted(found)})


def wanted_of(predicates: Sequence[Where], field: str) -> dict[str, Wanted]:
    """The scores that rules on one field are made of, by name."""
    return {
        name: Wanted(name, field, type_of(each.rule.scores[name]))
        for each in predicates
        for name in (*each.where.signals, *each.value.signals)
        if name in each.rule.scores
    }


def type_of(signal: Signal) -> ScoreType:
    """What the values of a score are."""
    return "label" if pa.types.is_string(signal.type) else "number"


def _failing_predicates(
    subject: _Subject, predicates: list[Where], facts: pa.Table
) -> Iterator[Failing]:
    wheres = [(each.rule, each.where) for each in predicates]
    for each, failing in zip(predicates, _evaluated(wheres, facts), strict=True):
        hit = pc.fill_null(failing, False).to_numpy()
        rows = np.flatnonzero(np.asarray(hit, np.bool_) & subject.eligible(each.rule))
        if not len(rows):
            continue
        failed = facts.select(each.value.signals or each.where.signals).take(pa.array(rows))
        # A signal as it stands needs no query.
        as_is = each.rule.value is None
        values = failed.column(0) if as_is else values_of(each.rule, each.value, failed)
        limit = None if each.rule.limit is None else scalar(each.rule.limit)
        yield Failing(each.order, each.rule.id, subject.field, rows, scalars(values), limit)


def values_of(rule: Predicate, expression: Expression, facts: pa.Table) -> pa.ChunkedArray:
    """What an expression of a rule says of each row of signals. Raises OperatorError."""
    return _evaluated([(rule, expression)], facts)[0]


def _evaluated(
    expressions: Sequence[tuple[Predicate, Expression]], facts: pa.Table
) -> list[pa.ChunkedArray]:
    """What each expression says of each row: by one query of those that are no comparisons."""
    simple = [_unasked(rule.id, expression, facts) for rule, expression in expressions]
    both = zip(expressions, simple, strict=True)
    asked = [(rule.id, expression) for (rule, expression), found in both if found is None]
    answers = iter(_queried(asked, facts).columns if asked else ())
    return [next(answers) if found is None else found for found in simple]


def _unasked(rule: str, expression: Expression, facts: pa.Table) -> pa.ChunkedArray | None:
    """The same of one expression, where not every row must be asked about."""
    found = compared(expression.sql, facts)
    if found is not None or len(expression.signals) != 1:
        return found
    (name,) = expression.signals
    if not pa.types.is_string(facts.column(name).type) or not len(facts):
        return None
    # Texts such as the roles of the turns are the same in most rows.
    encoded = facts.column(name).combine_chunks().dictionary_encode("encode")
    if len(encoded.dictionary) > len(facts) // MOST_TEXTS:
        return None
    texts = encoded.dictionary.to_pylist()
    every = tuple(sorted(texts, key=lambda text: (text is not None, text or "")))
    places = {text: place for place, text in enumerate(every)}
    answers = _of_texts(rule, expression, every)
    return answers.take(pa.array([places[text] for text in texts])).take(encoded.indices)


@lru_cache(maxsize=256)
def _of_texts(rule: str, expression: Expression, texts: tuple[str | None, ...]) -> pa.ChunkedArray:
    """What an expression of one signal says of each of some texts: batch after batch the same."""
    facts = pa.table({expression.signals[0]: pa.array(texts, pa.string())})
    return _queried([(rule, expression)], facts).column(0)


def _queried(expressions: Sequence[tuple[str, Expression]], facts: pa.Table) -> pa.Table:
    try:
        return evaluate([expression.sql for _, expression in expressions], facts)
    except (duckdb.Error, TimeLimitError) as error:
        if len(expressions) > 1:
            for single in expressions:
                _queried([single], facts)
        slow = isinstance(error, TimeLimitError)
        found = "it took too long" if slow else str(error).partition("\n")[0]
        names = ", ".join(rule for rule, _ in expressions)
        right = "Make its expression simpler, or hold it against the types of its signals"
        raise OperatorError(f"rule {names}", found, right) from error


def _failing_patterns(subject: _Subject, patterns: list[Pattern]) -> Iterator[Failing]:
    found = matches_of(subject.texts, [str(each.rule.pattern) for each in patterns])
    for each, matching in zip(patterns, found, strict=True):
        hit = matching & subject.eligible(each.rule)
        rows = np.flatnonzero(hit)
        if not len(rows):
            continue
        texts = subject.texts.take(pa.array(rows)).to_pylist()
        first = [each.compiled.search(text) for text in texts]
        values = [match and scalar(match.group(0)[:MATCH_CHARACTERS]) for match in first]
        shown = pa.array(values, pa.string())
        yield Failing(each.order, each.rule.id, subject.field, rows, shown, None)
