"""A number of each record, by an expression over signals and scores."""

from typing import Final, NamedTuple

import pyarrow as pa

from curate.fields import field_texts
from curate.rulepacks.expression import names_in, parse_expression
from curate.rulepacks.locked import evaluate
from curate.scan import Scan
from curate.scores import Wanted, score_of
from curate.signals import SIGNALS, measure

SIDES: Final = ("chosen", "rejected")
"""`chosen_NAME` and `rejected_NAME` are of either side of a preference pair."""

OF_PAIRS: Final = frozenset({"chosen_logratio", "rejected_logratio"})
"""Scores of whole pairs that are called so themselves (step `dpo_margin`)."""


class Named(NamedTuple):
    """What a name of an expression stands for."""

    signal: str
    field: str

    @property
    def is_score(self) -> bool:
        """Whether a signal step gives it."""
        return self.signal not in SIGNALS


class Ranking(NamedTuple):
    """An expression, and the field that its names are of."""

    text: str
    field: str

    def names(self) -> dict[str, Named]:
        """What each name of the expression stands for. Raises ExpressionError, a ValueError."""
        return {name: self._named(name) for name in names_in(self.text, None)}

    def check(self) -> None:
        """Raise ValueError where the expression is wrong, or is no number."""
        names = self.names()
        if not names:
            raise ValueError(f"{self.text!r} names no signal or score")
        empty = pa.table({name: pa.array([], pa.float64()) for name in names})
        for name, one in names.items():
            if not one.is_score and pa.types.is_string(SIGNALS[one.signal].type):
                raise ValueError(f"{name!r} is a label, and records are ranked by a number")
        sql = parse_expression(self.text, frozenset(names), None).sql
        found = evaluate([sql], empty).column(0).type
        if not (pa.types.is_floating(found) or pa.types.is_integer(found)):
            raise ValueError(f"{self.text!r} is no number")

    def wants(self) -> list[Wanted]:
        """The scores that it needs."""
        return [Wanted(one.signal, one.field) for one in self.names().values() if one.is_score]

    def signal_keys(self) -> list[bytes]:
        """What makes the values of the signals that are measured on the spot."""
        signals = {one.signal for one in self.names().values() if not one.is_score}
        return [SIGNALS[name].key.encode() for name in sorted(signals)]

    def values(self, batch: pa.RecordBatch) -> pa.Array:
        """The value of each record, float64; null where it has none."""
        names = self.names()
        columns = {}
        for name, (signal, field) in names.items():
            if names[name].is_score:
                columns[name] = score_of(batch, Wanted(signal, field))
            else:
                found = measure(signal, batch, Scan(field_texts(batch, field)))
                columns[name] = found.cast(pa.float64())
        sql = parse_expression(self.text, frozenset(names), None).sql
        return evaluate([sql], pa.table(columns)).column(0).combine_chunks().cast(pa.float64())

    def _named(self, name: str) -> Named:
        side, mark, rest = name.partition("_")
        if mark and side in SIDES and name not in SIGNALS and name not in OF_PAIRS:
            return Named(rest, side)
        return Named(name, self.field)
