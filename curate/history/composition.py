"""What versions are made of: how much each slice holds, of one version or of several side by side.

Slices and amounts are those of `mix` and `balance` (`curate.mixing`), so that a recipe can name
what is seen here.
"""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.errors import UsageError
from curate.fields import field_texts
from curate.hashing import hash_texts
from curate.history.composition_ways import Stored, Way, edges_of, label_ways, way_of
from curate.mixing.slicing import NONE, bin_names
from curate.mixing.units import Amounts, amounts, wanted
from curate.scores import Score, Wanted, score_of, with_columns
from curate.store import Version
from curate.store.catalog import reading
from curate.store.scored import scored_signals
from curate.store.signals import stored_values
from curate.synthetic import MAKER, parents_of

TOKENS: Final = "trained_tokens"
"""The score that counts what training sees, as the step of that name stores it."""

MOST: Final = 6
"""Versions side by side, at most."""

DEFAULT: Final = ("source", "split", "kind", "license")
"""What is sliced by where nothing is asked for, beside labels of few values and stored labels."""


class Size(NamedTuple):
    """How much there is of something."""

    records: int
    characters: int
    tokens: int | None
    """None where they are known of no member of the version."""
    synthetic: int = 0
    """Records that a build made of others."""


class Part(NamedTuple):
    """A slice in each of the versions."""

    name: str
    sizes: tuple[Size, ...]

    def shares(self, whole: Sequence[Size], amount: str = "records") -> list[float]:
        """Its share of each version, in `records`, `characters` or `tokens`."""
        pairs = [
            [getattr(one, amount) or 0 for one in pair]
            for pair in zip(self.sizes, whole, strict=True)
        ]
        return [own / all_ if all_ else 0.0 for own, all_ in pairs]


class Sliced(NamedTuple):
    """The versions by one way of slicing."""

    by: str
    fingerprint: str | None
    """What made the values of a stored score, the same for all versions."""
    parts: tuple[Part, ...]
    """Bins in their order, other slices by their share, the mean over the versions."""


class Composition(NamedTuple):
    """What versions hold, as a whole and by slice."""

    refs: tuple[str, ...]
    whole: tuple[Size, ...]
    token_records: tuple[int, ...]
    """Of how many members of each version the tokens are known."""
    ways: tuple[Sliced, ...]


def composition(
    versions: Sequence[Version],
    bys: Sequence[str] = (),
    field: str = "response",
    bins: tuple[float, ...] = (),
) -> Composition:
    """Slice versions or splits, by several ways one after the other.

    Without `bys`, by all that part the members into few slices: `DEFAULT`, labels, and stored
    labels such as topics. A number has `bins`, or parts of about as many records. `field` is that
    of signals. Raises UsageError for a way that there is not, and for too many versions.
    """
    if len(versions) > MOST:
        found = f"got {len(versions)} versions"
        raise UsageError("composition", found, f"Look at {MOST} side by side at most.")
    stored = Stored([scored_signals(version) for version in versions])
    asked = list(dict.fromkeys(bys)) or [
        *DEFAULT,
        f"meta.{MAKER}",
        *label_ways(versions),
        *stored.labels(),
    ]
    ways = [way_of(by, field, bins, stored) for by in asked]
    ways = _with_edges(versions, ways)
    tokens = [one for want in wanted(TOKENS) if (one := stored.find(want, want.field))]
    counts = [_Counted(version, ways, tokens) for version in versions]
    sliced = [
        Sliced(way.by, next((one.fingerprint for one in way.scores), None), _parts(way, counts, at))
        for at, way in enumerate(ways)
    ]
    for each in sliced if bys else ():
        _check_values(each, versions)
    return Composition(
        tuple(version.ref for version in versions),
        tuple(one.size(one.whole) for one in counts),
        tuple(one.token_records for one in counts),
        tuple(one for one in sliced if bys or len(one.parts) > 1),
    )


def _check_values(one: Sliced, versions: Sequence[Version]) -> None:
    """Raise UsageError for a label or a column of meta that no record has: a slip of the pen."""
    if one.by.startswith(("labels.", "meta.")) and {part.name for part in one.parts} == {NONE}:
        near = get_close_matches(one.by, label_ways(versions), n=1)
        right = f"Did you mean {near[0]!r}?" if near else "Name one that records have."
        raise UsageError("--by", f"no record has a value of {one.by}", right)


def _with_edges(versions: Sequence[Version], ways: Sequence[Way]) -> list[Way]:
    """The ways, whose bins are known, of all versions together."""
    values: dict[int, list[pa.Array]] = {at: [] for at, w in enumerate(ways) if w.is_unbinned}
    for version in versions if values else ():
        for batch in _with_scores(version, [one for at in values for one in ways[at].scores]):
            for at, found in values.items():
                slicing = ways[at].slicing
                assert slicing is not None
                found.append(slicing.values(batch))
    return [
        way.with_bins(edges_of(values[at])) if at in values else way for at, way in enumerate(ways)
    ]


class _Counted:
    """How much of each slice a version holds: records, characters, tokens, synthetic records."""

    def __init__(self, version: Version, ways: Sequence[Way], tokens: Sequence[Score]) -> None:
        self.by_way: list[dict[str, Amounts]] = [{} for _ in ways]
        self.whole = np.zeros(4)
        self.token_records = 0
        scores = [*tokens, *(one for way in ways for one in way.scores)]
        for batch in _with_scores(version, scores):
            counted = [score_of(batch, one.wanted) for one in tokens]
            known = pc.coalesce(*counted) if counted else pa.nulls(len(batch), pa.float64())
            self.token_records += len(known) - known.null_count
            each = pc.fill_null(known, 0.0).to_numpy(zero_copy_only=False)
            made = pc.is_valid(parents_of(batch.column("meta"))).cast(pa.float64()).to_numpy()
            sizes = np.stack([np.ones(len(batch)), amounts("characters", batch), each, made])
            self.whole += sizes.sum(axis=1)
            for way, sums in zip(ways, self.by_way, strict=True):
                _add(sums, way.of(batch), sizes)

    def size(self, sums: Amounts | None) -> Size:
        """Sums as a size."""
        numbers = (0, 0, 0, 0) if sums is None else [round(each) for each in sums.tolist()]
        records, characters, tokens, synthetic = numbers
        return Size(records, characters, tokens if self.token_records else None, synthetic)


def _add(sums: dict[str, Amounts], slices: pa.Array, sizes: Amounts) -> None:
    """Add what the records of a batch are, [amounts, records], to the sums of their slices."""
    encoded = pc.cast(slices, pa.string()).dictionary_encode()
    codes = encoded.indices.to_numpy()
    names = encoded.dictionary.to_pylist()
    found = [np.bincount(codes, weights=each, minlength=len(names)) for each in sizes]
    for name, own in zip(names, np.stack(found, axis=1), strict=True):
        sums[name] = sums.get(name, 0.0) + own


def _parts(way: Way, counts: Sequence[_Counted], at: int) -> tuple[Part, ...]:
    names = {name for one in counts for name in one.by_way[at]}
    parts = [
        Part(name, tuple(one.size(one.by_way[at].get(name)) for one in counts)) for name in names
    ]
    wholes = [max(1.0, float(one.whole[0])) for one in counts]
    bins = [] if way.slicing is None or not way.slicing.bins else bin_names(way.slicing.bins)

    def place(part: Part) -> tuple[int, float, str]:
        if part.name in bins:
            return bins.index(part.name), 0.0, ""
        shares = [size.records / whole for size, whole in zip(part.sizes, wholes, strict=True)]
        return len(bins), -sum(shares), part.name

    return tuple(sorted(parts, key=place))


def _with_scores(version: Version, scores: Iterable[Score]) -> Iterator[pa.RecordBatch]:
    """The records of a version, with columns of stored scores.

    Of several scores that answer one that is wanted a record has the first that is known.
    """
    answers: dict[Wanted, list[Score]] = {}
    for one in dict.fromkeys(scores):
        answers.setdefault(one.wanted, []).append(one)
    fields = {one.field for each in answers.values() for one in each}
    with reading(version.folder) as connection:

        def value(score: Score) -> pa.Array:
            return stored_values(connection, version.folder, score, hashes[score.field])

        for batch in version.batches():
            hashes = {field: hash_texts(field_texts(batch, field)) for field in fields}
            values = [(want, pc.coalesce(*map(value, each))) for want, each in answers.items()]
            yield with_columns(batch, values)
