"""Which records make up a slice."""

import numpy as np
import pyarrow as pa
import pytest

from curate.mixing.choosing import choose, positions, times_of
from curate.mixing.slicing import NONE, Slicing, bin_names
from curate.record import WORKING, batch_of


@pytest.mark.parametrize("target", [0, 1, 49.4, 50, 99.9, 100, 101, 250, 333.3])
def test_the_sum_is_as_near_to_the_target_as_records_allow(target: float) -> None:
    amounts = np.array([7.0, 1, 2, 10, 5, 25, 50])
    reached = float((amounts * times_of(amounts, target)).sum())
    assert abs(reached - target) <= 25


def test_records_of_nothing_and_empty_slices_do_no_harm() -> None:
    assert times_of(np.zeros(3), 5).tolist() == [0, 0, 0]
    assert times_of(np.array([]), 5).tolist() == []
    assert times_of(np.array([0.1] * 10), 3.0).tolist() == [3] * 10


def test_positions_are_even_and_belong_to_id_and_seed() -> None:
    ids = pa.array([bytes([n % 256, n // 256]) * 8 for n in range(4000)], pa.binary(16))
    found = positions(ids, 7)
    assert positions(ids.slice(5, 3), 7).tolist() == found[5:8].tolist()
    assert (positions(ids, 8) != found).all()
    assert abs(float((found >> np.uint64(63)).mean()) - 0.5) < 0.03


def test_a_slice_without_a_target_stays_and_records_go_from_the_end_of_the_order() -> None:
    slices = pa.array(["a", "b", "a", "a", "b"])
    chosen = choose(slices, np.ones(5), np.array([4, 3, 2, 1, 0]), {"a": 2.0})
    assert chosen.times.tolist() == [0, 1, 1, 1, 1]
    assert [(one.name, one.kept, one.got) for one in chosen.slices] == [("a", 2, 2), ("b", 2, 2)]


def test_slices_are_values_of_columns_json_and_signals() -> None:
    rows = [
        {"text": "one two", "labels": '{"topic":"a","n":[1]}', "meta": "{}", "source": "x"},
        {"text": "one", "labels": "{}", "meta": '{"lang":"en"}', "license": "mit", "source": "y"},
    ]
    batch = batch_of(rows, WORKING)

    def of(by: str, *bins: float) -> list[str]:
        slices: list[str] = Slicing(by, "text", bins).of(batch).to_pylist()
        return slices

    assert of("source") == ["x", "y"]
    assert of("kind") == ["text", "text"]
    assert of("license") == [NONE, "mit"]
    assert of("labels.topic") == ["a", NONE]
    assert of("labels.n") == ["[1]", NONE]
    assert of("meta.lang") == [NONE, "en"]
    assert of("words", 2) == ["2 and more", "below 2"]
    assert Slicing("words", "response", (2,)).of(batch).to_pylist() == [NONE, NONE]
    assert bin_names([1_234_567.5])[0] == "below 1234567.5"
