"""Near-duplicates among records: found once, verified, whatever the order, within the memory."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pytest

from curate.neardup import Banding, Shingling, plain
from curate.neardup import boilerplate as boilerplate_module
from curate.neardup import duplicates as duplicates_module
from curate.neardup.candidates import connected, edges, may_come_again
from curate.neardup.compiling import kernel
from curate.neardup.duplicates import Records, duplicates, in_question
from curate.neardup.joining import Way
from curate.neardup.plain import shingles
from curate.neardup.shingling import Hashes, ShingleSets
from tests.neardup.made import pairs_of, parts

SHINGLING = Shingling(width=1)
GREEDY = Way(0.8, chaining=False)


class Found(NamedTuple):
    """What was dropped, by the texts."""

    dropped: dict[str, tuple[str, float, bool]]
    fetched: list[int]
    """How many shingles were fetched, time by time."""


def find(
    texts: list[str],
    way: Way = GREEDY,
    share: float = 0.0,
    fixed: int = 0,
) -> Found:
    """Records are kept in the order of their texts; the last `fixed` of those given are fixed."""
    held = parts(*texts)
    banding = Banding.for_threshold(way.threshold)
    signed = SHINGLING.sign(held, banding)
    columns = (np.ascontiguousarray(signed.bands[:, band]) for band in range(banding.bands))
    candidates = connected(edges(signed.sets, signed.sizes, columns, way.threshold))
    is_fixed = np.arange(len(texts)) >= len(texts) - fixed
    order = sorted(range(len(texts)), key=lambda row: (not is_fixed[row], texts[row], row))
    ranks = np.empty(len(texts), np.int64)
    ranks[order] = np.arange(len(texts))
    rows = in_question(signed.sets, signed.sizes, candidates)
    records = Records(signed.sets[rows], signed.sizes[rows], ranks[rows], is_fixed[rows])
    fetched: list[int] = []

    def fetch(wanted: Hashes) -> Iterator[ShingleSets]:
        chosen = [texts[row] for row in np.flatnonzero(np.isin(signed.sets, wanted))]
        found = SHINGLING.gather(parts(*chosen))
        fetched.append(int(sum(signed.sizes[signed.sets == each][0] for each in wanted)))
        yield found

    found = duplicates(records, candidates, fetch, way, share)
    named = zip(*(column.tolist() for column in found), strict=True)
    return Found(
        {texts[rows[row]]: (texts[rows[of]], value, near) for row, of, value, near in named},
        fetched,
    )


def pairs(number: int, shared: int, own: int) -> list[str]:
    return list(map(str, pairs_of(number, shared, own).texts.to_pylist()))


def test_recall_at_the_threshold_is_99_percent_and_precision_is_one() -> None:
    """1,000 pairs of exactly 0.8, and 1,000 of one word less."""
    alike, unlike = pairs(1_000, 64, 8), [t.replace("w", "v") for t in pairs(1_000, 63, 9)]
    found = find([*alike, *unlike]).dropped
    assert all(value == 0.8 and near for _, value, near in found.values())
    assert set(found) <= set(alike)
    assert len(found) >= 980


def test_the_order_of_rows_makes_no_difference() -> None:
    texts = [*pairs(200, 36, 3), *pairs(100, 36, 3), *(f"{t} more" for t in pairs(100, 72, 5))]
    texts = [text for text in texts for _ in range(1 + len(text) % 2)]
    way = Way(0.8, chaining=True)
    expected = find(texts, way).dropped
    generator = np.random.default_rng(3)
    for _ in range(3):
        mixed = [texts[row] for row in generator.permutation(len(texts))]
        assert find(mixed, way).dropped == expected


def test_records_of_equal_sets_are_dropped_without_their_contents() -> None:
    found = find(["a b c", "b a C.", "a b c", "other"])
    assert found.dropped == {"b a C.": ("a b c", 1.0, True), "a b c": ("a b c", 1.0, True)}
    assert found.fetched == []


def test_records_without_words_are_nobodys_duplicates() -> None:
    assert find(["", "", "...", "!"]).dropped == {}


def test_what_is_fixed_is_kept_and_stands_for_what_is_like_it() -> None:
    words = [f"w{number}" for number in range(20)]
    one, two, three = (" ".join([first, *words]) for first in ("a", "b", "c"))
    found = find([one, two, three], fixed=2)
    assert found.dropped == {one: (two, 20 / 22, True)}


def large() -> list[str]:
    """One component of 300 sets, and many small ones."""
    words = [f"common{number}" for number in range(80)]
    return [" ".join([*words, f"own{each}"]) for each in range(300)] + pairs(200, 36, 2)


@pytest.mark.parametrize("chaining", [False, True])
def test_little_memory_changes_nothing_and_is_kept_to(
    monkeypatch: pytest.MonkeyPatch, chaining: bool
) -> None:
    way = Way(0.8, chaining)
    expected = find(large(), way)
    assert len(expected.fetched) == 1
    assert len(expected.dropped) > 450
    budget = 800
    monkeypatch.setattr(duplicates_module, "BUDGET_BYTES", budget * 8)
    found = find(large(), way, share=0)
    assert found.dropped == expected.dropped
    # The large component is more than the budget by itself, and lies in a file.
    assert sorted(found.fetched)[-1] == 300 * 81
    assert sorted(found.fetched)[-2] <= budget


def templates() -> list[str]:
    """150 records of a long template, each with a question of its own, and pairs that are alike."""
    words = " ".join(f"template{number}" for number in range(60))
    asked = [f"{words} question{each} of{each} its{each} own{each}" for each in range(150)]
    return [*asked, f"{words} question7 of7 its7 own7 please7", *pairs(50, 36, 2)]


@pytest.mark.parametrize("chaining", [False, True])
def test_a_template_does_not_glue_what_else_differs(chaining: bool) -> None:
    way = Way(0.8, chaining)
    glued = [text for text in find(templates(), way).dropped if "template" in text]
    assert len(glued) > 100
    found = find(templates(), way, share=0.1).dropped
    (dropped,) = (text for text in found if "template" in text)
    assert dropped.endswith("please7")
    assert len(found) == 51


def test_boilerplate_is_told_from_a_sample_where_memory_is_short(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(duplicates_module, "BUDGET_BYTES", 8_000)
    monkeypatch.setattr(duplicates_module, "SAMPLE_SHINGLES", 6_000)
    monkeypatch.setattr(boilerplate_module, "LEAST", 20)
    found = find(templates(), share=0.1).dropped
    assert len([text for text in found if "template" in text]) == 1


def test_candidates_are_what_the_bands_say_and_no_pair_of_other_sizes() -> None:
    sets = np.array([1, 2, 3, 4, 5, 5], np.uint64)
    sizes = np.array([10, 10, 10, 30, 10, 10], np.int32)
    bands: list[npt.NDArray[Any]] = [
        np.array([7, 7, 8, 7, 9, 9], np.uint32),
        np.array([1, 2, 2, 3, 4, 5], np.uint32),
    ]
    found = connected(edges(sets, sizes, bands, 0.8))
    assert found.sets.tolist() == [1, 2, 3]
    assert found.components.tolist() == [0, 0, 0]


def test_a_large_bucket_of_sizes_is_cut_where_sizes_are_too_far_apart() -> None:
    sizes = np.array([80, 100, 124, 160, 199], np.int32)
    sets = np.arange(1, 6, dtype=np.uint64)
    found = connected(edges(sets, sizes, [np.zeros(5, np.uint32)], 0.8))
    assert found.components.tolist() == [0, 0, 0, 3, 3]


def test_edges_connect_what_was_apart_and_say_so_both_ways() -> None:
    generator = np.random.default_rng(2)
    known = [np.arange(400, dtype=np.int64) for _ in range(2)]
    for _ in range(3):
        ones, others = generator.integers(0, 400, (2, 90))
        new = [np.zeros(90, np.bool_) for _ in range(2)]
        for join, trees, told in zip((kernel().join, plain.join), known, new, strict=True):
            join(ones, others, trees, told)
        assert new[0].tolist() == new[1].tolist()
    components = [np.arange(400, dtype=np.int64) for _ in range(2)]
    nothing = np.zeros(0, np.int64)
    for parents, trees in zip(components, known, strict=True):
        plain.connect(np.arange(400), trees, parents)
        plain.connect(nothing, nothing, trees)
        assert parents.tolist() == trees.tolist()
    assert components[0].tolist() == components[1].tolist()


def test_what_may_come_again_holds_all_that_does_and_little_else() -> None:
    generator = np.random.default_rng(4)
    hashes = generator.integers(0, 2**64 - 1, 20_000, np.uint64)
    hashes[5_000:6_000] = hashes[:1_000]
    kernel()
    found = may_come_again(hashes)
    assert set(range(1_000)) | set(range(5_000, 6_000)) <= set(found.tolist())
    assert len(found) < 2_000 + 20_000 / 8
    assert may_come_again(hashes, 3_000).tolist() == found[found < 3_000].tolist()


def test_ten_thousand_sets_that_are_all_alike_are_no_hundred_million_pairs() -> None:
    words = " ".join(f"w{number}" for number in range(30))
    texts = [f"{words} own{each}" for each in range(10_000)]
    for chaining in (False, True):
        assert len(find(texts, Way(0.8, chaining)).dropped) == 9_999


def test_similarity_is_that_of_the_definition() -> None:
    one, other = "a b c d e f g h", "a b c d e f g x"
    sets = [shingles([text], [0], 1, characters=False) for text in (one, other)]
    expected = len(sets[0] & sets[1]) / len(sets[0] | sets[1])
    assert find([one, other], Way(0.7, False)).dropped == {other: (one, expected, True)}
