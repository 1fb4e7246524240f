"""What was really fed to the model: its hash, and whether every record arrived."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from curate.errors import AccountingError

from .config import Method
from .feed import Feed

Tokens = npt.NDArray[np.int32]
Example = tuple[Tokens, ...]
"""SFT: (input_ids, labels). DPO: (prompt, chosen, rejected), cut as TRL's collator cuts them."""


def fed_hash(examples: Iterable[Example]) -> str:
    """SHA-256 over what was fed, as 64 hex digits; the order of the examples has no influence.

    An example's digest is SHA-256 over, for each of its lists of tokens, their number as 8 bytes
    little-endian and each token as 4 bytes little-endian. The hash is SHA-256 over
    "curate.fed.1", the number of examples as 8 bytes little-endian, and the sorted digests.

    >>> one, two = (np.array([1]),), (np.array([2]),)
    >>> fed_hash([one, two]) == fed_hash([two, one]) != fed_hash([one, one])
    True
    """
    digests = sorted(_digest(example) for example in examples)
    sha = hashlib.sha256(b"curate.fed.1" + len(digests).to_bytes(8, "little"))
    for one in digests:
        sha.update(one)
    return sha.hexdigest()


def _digest(example: Example) -> bytes:
    sha = hashlib.sha256()
    for tokens in example:
        sha.update(len(tokens).to_bytes(8, "little"))
        sha.update(np.ascontiguousarray(tokens, "<i4").tobytes())
    return sha.digest()


def examples_of(method: Method, dataset: Any, max_length: int) -> Iterator[Example]:
    """The examples in a trainer's prepared dataset; packed ones are taken apart again."""
    if method == "dpo":
        for prompt, chosen, rejected in _rows(
            dataset, ("prompt_ids", "chosen_ids", "rejected_ids")
        ):
            room = max(0, max_length - len(prompt))
            yield prompt[:max_length], chosen[:room], rejected[:room]
    elif "seq_lengths" in dataset.column_names:
        for tokens, labels, lengths in _rows(dataset, ("input_ids", "labels", "seq_lengths")):
            cuts = np.cumsum(lengths)[:-1]
            yield from zip(np.split(tokens, cuts), np.split(labels, cuts), strict=True)
    else:
        yield from _rows(dataset, ("input_ids", "labels"))


def _rows(dataset: Any, names: tuple[str, ...]) -> Iterator[Example]:
    """Rows of columns of token lists, as arrays."""
    for batch in dataset.with_format("arrow").select_columns(list(names)).iter(1000):
        lists = [batch[name].combine_chunks() for name in names]
        for row in zip(*lists, strict=True):
            yield tuple(
                np.asarray(cell.values.to_numpy(zero_copy_only=False), "<i4") for cell in row
            )


def reconcile(method: Method, feed: Feed, prepared: Any, max_length: int) -> str:
    """Compare what the trainer holds with what it was given; return the hash of what is fed.

    DPO pairs are tokenised by TRL: those that it dropped are added to the account as excluded, and
    tokens are counted. Any other difference raises `AccountingError`: the trainer must not change
    the data.
    """
    if method == "dpo":
        _note_dropped(feed, prepared, max_length)
        _count_pairs(feed, examples_of(method, prepared, max_length))
        return fed_hash(examples_of(method, prepared, max_length))
    given = fed_hash(examples_of(method, feed.dataset, max_length))
    fed = fed_hash(examples_of(method, prepared, max_length))
    if given != fed:
        raise AccountingError(
            "trainer",
            f"TRL changed the records: {given[:12]} was given, {fed[:12]} is fed",
            "Remove the trl.* settings that prepare data.",
        )
    return fed


def _note_dropped(feed: Feed, prepared: Any, max_length: int) -> None:
    given, fed = feed.dataset["record"], prepared["record"]
    dropped = set(given) - set(fed)
    if len(fed) + len(dropped) != len(given) or set(fed) - set(given):
        raise AccountingError(
            "trainer", f"{len(given)} pairs given, {len(fed)} fed", "Remove the trl.* settings."
        )
    reason = f"TRL drops pairs whose prompt fills max_length={max_length}"
    feed.account.excluded |= dict.fromkeys(sorted(dropped), reason)
    feed.account.fed = len(fed)


def _count_pairs(feed: Feed, examples: Iterator[Example]) -> None:
    """Count the tokens of both answers, each with its prompt."""
    for prompt, chosen, rejected in examples:
        answers = len(chosen) + len(rejected)
        feed.account.trained_tokens += answers
        feed.account.tokens += 2 * len(prompt) + answers
