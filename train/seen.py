"""Prompts of the held-out split that the model learned an answer to: they test it no more."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from curate.errors import NotFoundError
from curate.models.files import ModelFiles
from curate.progress import Progress
from curate.signals.prompts import prompts_of
from curate.store import Store, Version
from curate.store.runs import makers

_COLUMNS: Final = ("messages", "prompt_turns", "rejected", "desirable")


class Seen(NamedTuple):
    """What a training learned from that is held out now."""

    run: str | None
    """None: the training that begins."""
    data: str
    """The REF of what was trained on."""
    prompts: int | None
    """How many of the prompts that are held out; None where the data is in this store no more."""


class HeldOut(NamedTuple):
    """The prompts of the held-out split, and which trainings learned from some of them."""

    data: str
    prompts: int
    seen: tuple[Seen, ...]

    def as_json(self) -> dict[str, Any]:
        """What `curate.json` says of it."""
        return {**self._asdict(), "seen": [one._asdict() for one in self.seen]}

    def lines(self) -> Iterator[str]:
        """What the user should know, a line for each training that learned from some."""
        for one in self.seen:
            who = f"run {one.run} learned" if one.run else "this training learns"
            if one.prompts is None:
                yield (
                    f"{who} from {one.data}, which is not in this store: whether prompts of "
                    f"{self.data} stand there is not known"
                )
                continue
            yield (
                f"{who} answers to {one.prompts:,} of the {self.prompts:,} prompts of {self.data} "
                f"from {one.data}: scores on it are too good; "
                + ("`exclude_prompts` drops them there" if one.run else "see `split: {by: prompt}`")
            )


def held_out_prompts(
    store: Store, trained: Version, held_out: Version, model: ModelFiles, progress: Progress
) -> HeldOut:
    """Look for the held-out prompts in what is trained on and in what made the model, and tell.

    The runs that made it are those of this store. Prompts are equal as `curate.signals.prompts` has
    it, and every prompt that a conversation trains an answer to counts.
    """
    progress.stage("looking for held-out prompts", None)
    own = pc.unique(_own(held_out)).drop_null()
    seen = [Seen(None, trained.ref, _shared(trained, own))]
    for run in makers(_hashes(model), store.runs()):
        data = f"{run.dataset}@{run.version}:{run.split}"
        try:
            count = _shared(store.version(data), own)
        except NotFoundError:
            seen.append(Seen(run.run, data, None))
        else:
            seen.append(Seen(run.run, data, count))
    found = HeldOut(held_out.ref, len(own), tuple(one for one in seen if one.prompts != 0))
    for line in found.lines():
        progress.note(line)
    return found


def _hashes(model: ModelFiles) -> Sequence[str]:
    return [model.hash, *(_hashes(model.base) if model.base else ())]


def _own(version: Version) -> pa.Array:
    found = [prompts_of(batch).own for batch in version.batches(_COLUMNS)]
    return pa.concat_arrays(found) if found else pa.array([], pa.binary(16))


def _shared(version: Version, keys: pa.Array) -> int:
    """How many of the keys are of prompts that the records of a version answer."""
    found = pa.array([False] * len(keys))
    for batch in version.batches(_COLUMNS):
        prompts = prompts_of(batch)
        for part in (prompts.own, prompts.earlier.flatten()):
            found = pc.or_(found, pc.is_in(keys, part))
    return int(pc.sum(found).as_py() or 0)
