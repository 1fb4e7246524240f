"""Shifts of distributions, and the records that drive them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from curate.history import diff
from curate.history.shift import Shift
from tests.history.conftest import Make, ticket


def rows(lengths: Any) -> list[dict[str, Any]]:
    return [ticket(str(n), "What is it?", "x" * int(each)) for n, each in enumerate(lengths)]


LENGTHS = np.random.default_rng(5).integers(20, 200, 300)


def named(found: tuple[Shift, ...], name: str) -> Shift:
    return next(one for one in found if one.name == name)


def test_a_shift_has_the_distance_of_the_texts_and_names_what_drives_it(make: Make) -> None:
    longer = LENGTHS.copy()
    longer[:60] += 150
    found = diff(make(rows(LENGTHS)), make(rows(longer[:-10])))
    shift = named(found.shifts(), "response_characters")
    values = np.arange(400)
    parted = [
        np.searchsorted(np.sort(side), values, "right") / len(side)
        for side in (LENGTHS, longer[:-10])
    ]
    assert shift.distance == pytest.approx(np.abs(parted[0] - parted[1]).max())
    assert shift.is_one
    assert shift.moved == "up"
    assert shift.drivers is not None
    at = shift.at
    assert at is not None
    crossed = int(((LENGTHS[:60] <= at) & (longer[:60] > at)).sum())
    gone = LENGTHS[-10:]
    assert shift.drivers.number == crossed + int((gone <= at).sum())
    assert shift.drivers.against == int((gone > at).sum())
    what = {cause.key: cause.what for cause in found.causes}
    assert what[shift.drivers.causes[0][0]] == "changed in source tickets"
    for one in shift.drivers.examples:
        assert (one.before or 0) <= at < (one.after if one.after is not None else at + 1)
    assert named(found.shifts(), "prompt_characters").distance == 0


def test_chance_is_no_shift(make: Make) -> None:
    other = LENGTHS.copy()
    other[0] += 3
    found = diff(make(rows(LENGTHS)), make(rows(other))).shifts()
    assert not any(one.is_one for one in found)
    assert all(one.p >= one.p_alone for one in found)
    assert all(one.drivers is None for one in found)


def test_a_stored_signal_is_compared_whatever_version_measured_it(make: Make) -> None:
    measured = "  - measure: {signals: [words], fields: [response]}\n"
    words = [ticket(str(n), "What?", "word " * (n % 7 + 1)) for n in range(50)]
    more = [ticket(str(n), "What?", "word " * (n % 7 + 4)) for n in range(50)]
    found = diff(make(words), make(more, measured))
    shift = named(found.shifts(), "response.words")
    assert shift.before is not None
    assert shift.after is not None
    # What stands in both versions was measured for the later one; the rest of A never was.
    assert shift.after.records == 50
    assert shift.lacking == (50 - shift.before.records, 0)
    make(words, measured)
    again = named(diff(found.before, found.after).shifts(), "response.words")
    assert again.lacking == (0, 0)
    assert [side and side.median for side in (again.before, again.after)] == [4, 7]


def test_labels_shift_by_total_variation(make: Make, counting: Path) -> None:
    german = [ticket(str(n), "Was?", f"Das ist {n}") for n in range(40)]
    english = [ticket(str(n), "Was?", f"It is {n}") for n in range(40)]
    steps = "  - counting\n"
    before = make([*german[:30], *english[30:]], steps, code=(counting,))
    after = make([*german[:10], *english[10:]], steps, code=(counting,))
    shift = named(diff(before, after).shifts(), "response.language")
    assert shift.test == "chi-square"
    assert shift.distance == pytest.approx(0.5)
    assert shift.is_one
    assert {share.label: (share.before, share.after) for share in shift.shares} == {
        "de": (30, 10),
        "en": (10, 30),
    }


def test_a_label_that_is_a_number_of_many_values_is_compared_as_one(make: Make) -> None:
    source = (
        "{path: data, name: tickets, key: key, "
        "map: {prompt: prompt, response: response, labels: {score: score, key: key}}}"
    )
    scored = [ticket(str(n), "What?", "x") | {"score": n / 8} for n in range(80)]
    better = [row | {"score": row["score"] + 6} for row in scored]
    found = diff(make(scored, source=source), make(better, source=source)).shifts()
    shift = named(found, "labels.score")
    assert shift.distance == pytest.approx(48 / 80)
    assert shift.is_one
    assert "labels.key" not in {one.name for one in found}


def test_versions_without_a_common_field_have_no_shift_of_it(make: Make) -> None:
    documents = [{"key": "t", "text": "A page of text."}]
    found = diff(make(), make(documents, dataset="pages"))
    names = {one.name for one in found.shifts()}
    assert not names & {"text_characters", "response_characters"}


def test_what_was_measured_is_found_in_a_sample_of_many_texts(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = "  - measure: {signals: [words], fields: [response]}\n"
    texts = [ticket(str(n), "What is it?", f"answer {n}") for n in range(300)]
    before, after = make(texts, measured), make(texts[:-5], measured)
    whole = diff(before, after).shifts()
    monkeypatch.setattr("curate.history.measures.SAMPLED_ABOVE", 0)
    assert diff(before, after).shifts() == whole
    assert "response.words" in {one.name for one in whole}
    assert "prompt.words" not in {one.name for one in whole}
