"""Whether what was chosen for a target holds the target's own text."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from curate.contamination.certificate import document
from curate.contamination.check import Check
from curate.contamination.rule import RULES
from curate.contamination.verdict import Verdict
from curate.selection import Gathered, Reference

RULE: Final = RULES["tulu3"]

_SHOWN: Final = 10


class Checked(NamedTuple):
    """A check of the records that were chosen, and what it found."""

    check: Check
    verdict: Verdict

    @classmethod
    def of(
        cls, gathered: Gathered, chosen: pa.Table, references: Sequence[Reference], seed: int
    ) -> "Checked":
        """Compare the records `chosen` (`id`, `hash`) with the target, by Tulu 3's rule."""
        check = Check.of(references, RULE, True, seed)
        chosen = chosen.group_by("id").aggregate([("hash", "min")])
        hashes, found = [pa.array([], pa.binary())], []
        for batch in gathered.contents(pc.unique(chosen["hash_min"])):
            hashes.append(batch.column("hash").cast(pa.binary()))
            found.append(check.facts(batch))
        if not found:
            return cls(check, check.verdict(_nothing(check)))
        places = pc.index_in(chosen["hash_min"].cast(pa.binary()), pa.concat_arrays(hashes))
        facts = pa.Table.from_batches(found).take(places)
        known = facts.append_column("id", chosen["id"])
        any_ = pc.or_(known["questions"].is_valid(), known["answers"].is_valid())
        return cls(check, check.verdict(known.filter(any_)))

    def document(self) -> dict[str, Any]:
        """The same as JSON (docs/format.md, "Contamination")."""
        return document(self.check, self.verdict)

    def lines(self, chosen: int, dropped: bool) -> Iterator[str]:
        """The same in sentences, with the first hits by name."""
        worst = self.verdict.worst
        if not worst:
            yield f"none of the {chosen:,} records chosen shares too much text with the target"
            return
        yield (
            f"{len(worst):,} of the {chosen:,} records chosen share more than half of an instance "
            f"of the target (Tulu 3's rule) and are {'dropped' if dropped else 'kept'}"
        )
        names = [suite.name for suite in self.check.suites]
        for hit in worst[:_SHOWN]:
            yield (
                f"{hit.id.hex()} has {hit.share:.0%} of the {hit.kind} {hit.instance.hex()} of "
                f"{names[hit.suite]}"
            )
        if len(worst) > _SHOWN:
            yield f"{len(worst) - _SHOWN:,} more are in the certificate"


def _nothing(check: Check) -> pa.Table:
    from curate.record import WORKING

    empty = pa.RecordBatch.from_pylist([], schema=WORKING)
    facts = pa.Table.from_batches([check.facts(empty)])
    return facts.append_column("id", pa.array([], pa.binary()))
