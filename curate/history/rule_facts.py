"""The signals that rules are made of: measured again, and scores as they are stored."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.fields import field_texts
from curate.hashing import hash_texts
from curate.rulepacks.rule import RECORD_FIELD
from curate.scan import Scan
from curate.scores import Score
from curate.signals import measure, tokens_first
from curate.store.catalog import Connection
from curate.store.signals import stored_values


class RuleFacts:
    """Signals on one field, some of which may be scores."""

    def __init__(
        self,
        connection: Connection,
        folder: Path,
        field: str,
        signals: Sequence[str],
        scores: Sequence[Score],
    ) -> None:
        """`folder` is the store's, `connection` one that reads it."""
        self._connection, self._folder, self.field = connection, folder, field
        self.scores = {one.name: one for one in scores if one.name in signals}
        self.lacking = 0
        """Records looked at of which the store does not know a score."""
        self.signals = tuple(name for name in signals if name not in self.scores)

    def of(self, batch: pa.RecordBatch) -> pa.Table:
        """A column for each signal, by name, and a row for each record.

        A score is null where the store does not know it.
        """
        of_record = self.field == RECORD_FIELD
        texts = pa.nulls(len(batch), pa.string()) if of_record else field_texts(batch, self.field)
        scan = Scan(texts)
        found = {name: measure(name, batch, scan) for name in tokens_first(self.signals)}
        known = np.ones(len(batch), np.bool_)
        for name, one in self.scores.items():
            hashes = hash_texts(field_texts(batch, one.field))
            found[name] = stored_values(self._connection, self._folder, one, hashes)
            there = pc.or_(hashes.is_null(), found[name].is_valid())
            known &= there.to_numpy(zero_copy_only=False)
        self.lacking += int(np.count_nonzero(~known))
        return pa.table({name: found[name] for name in sorted(found)})
