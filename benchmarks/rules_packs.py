"""Several packs, judged without a build."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.record import WORKING
from curate.rulepacks import Judge, Pack, pack_bytes, parse_pack
from curate.rulepacks.line_judge import LineJudge

Flags = npt.NDArray[np.bool_]


class Packs:
    """The rules of all packs as one; those of packs with line rules after these, pack by pack."""

    def __init__(self, names: Sequence[str], disable: Sequence[str], lines: bool) -> None:
        """`disable` has ids of rules, with the name of their pack before them: `c4:few-words`.

        Without `lines`, rules on lines are left out too.
        """
        packs = [_without(parse_pack(pack_bytes(name)), disable, lines) for name in names]
        rules = tuple(rule for pack in packs if not pack.lines for rule in pack.rules)
        self.judge = Judge(packs[0].model_copy(update={"rules": rules}), "text") if rules else None
        self.edits = [(LineJudge(pack), Judge(pack, "text")) for pack in packs if pack.lines]

    def judged(self, texts: pa.StringArray) -> tuple[pa.StringArray, Flags]:
        """The texts after the line rules, and which of them fail nothing."""
        passes = np.ones(len(texts), np.bool_)
        if self.judge is not None:
            passes[_failing(self.judge.judge(_records(texts)))] = False
        for lines, judge in self.edits:
            edited = lines.edit(texts)
            texts = edited.texts
            passes[_failing(edited.failures)] = False
            passes[_failing(judge.judge(_records(texts)))] = False
        return texts, passes


def _without(pack: Pack, disable: Sequence[str], lines: bool) -> Pack:
    """A pack without the disabled rules; the ids of the others begin with its name."""
    kept = [rule for rule in pack.rules if f"{pack.pack}:{rule.id}" not in disable]
    named = tuple(rule.model_copy(update={"id": f"{pack.pack}-{rule.id}"}) for rule in kept)
    return pack.model_copy(update={"rules": named, "lines": pack.lines if lines else ()})


def _failing(failures: pa.Table | None) -> npt.NDArray[np.int32]:
    assert failures is not None
    return np.asarray(failures.column("row").to_numpy(), np.int32)


def _records(texts: pa.StringArray) -> pa.RecordBatch:
    """Texts as documents, in the form in which steps get records."""
    columns = [
        texts if field.name == "text" else pa.nulls(len(texts), field.type) for field in WORKING
    ]
    return pa.record_batch(columns, schema=WORKING)
