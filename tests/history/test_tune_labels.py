"""Labels are kept as they are given, and a broken file is told by its line."""

import json
import os
from pathlib import Path

import pytest

from curate.errors import InputError, StoreError
from curate.history.tune import draw_samples, tune
from curate.history.tune_facts import tunable
from curate.history.tune_labels import LabelFile, Session, read_labels
from curate.history.tune_samples import Sample
from curate.history.used_rules import UsedRule
from curate.store import Version
from tests.history.conftest import Make, ticket

LIMIT = 30
"""The planted limit: shorter answers are labelled bad."""


@pytest.fixture
def built(make: Make) -> Version:
    rows = [ticket(f"k{n}", f"Question {n}?", "x" * n) for n in range(1, 101)]
    return make(rows, "  - rules: {pack: short.yaml}\n")


@pytest.fixture
def rule(built: Version) -> UsedRule:
    return tunable(built, "too-short")


def key(one: Sample) -> str:
    return "b" if one.value < LIMIT else "g"


def test_labels_that_follow_a_planted_limit_recommend_it(
    built: Version, rule: UsedRule, tmp_path: Path
) -> None:
    path = tmp_path / "deep" / "labels.jsonl"
    file = LabelFile(path, rule)
    session = Session(draw_samples(built, "too-short", 100, 0), file)
    while (one := session.current) is not None:
        assert session.answer(key(one))
    file.close()
    found = tune(built, "too-short", labels=path)
    assert found.labelling is not None
    assert found.labelling.advice.best is not None
    assert found.labelling.advice.best.limit == LIMIT
    assert found.labelling.advice.best.balanced_accuracy == 1
    assert found.settings == {"limits": {"too-short": LIMIT}}
    assert found.labelling.covered == 1
    assert found.point(LIMIT).lost == LIMIT - 5


def test_an_interrupted_session_goes_on_where_it_stopped(
    built: Version, rule: UsedRule, tmp_path: Path
) -> None:
    path, samples = tmp_path / "labels.jsonl", draw_samples(built, "too-short", 12, 0)
    first = Session(samples, LabelFile(path, rule))
    for _ in range(5):
        first.answer("g")
    # Nothing is closed: what was labelled is on the disk all the same.
    assert len(path.read_text().splitlines()) == 5
    again = Session(samples, LabelFile(path, rule))
    assert [one.id for one in again.waiting] == [one.id for one in samples[5:]]
    again.file.close()
    first.file.close()


def test_undo_takes_the_last_label_back(built: Version, rule: UsedRule, tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    session = Session(draw_samples(built, "too-short", 5, 0), LabelFile(path, rule))
    first, second = session.waiting[:2]
    assert not session.answer("u")
    session.answer("b")
    session.answer("g")
    assert session.answer("u")
    assert session.current == second
    assert read_labels(path, rule) == {first.id: "bad"}
    session.answer("s")
    session.file.close()
    assert read_labels(path, rule) == {first.id: "bad", second.id: "skip"}
    assert json.loads(path.read_text().splitlines()[0]) == {
        "id": first.id.hex(), "rule": "too-short", "value": first.value, "label": "bad"
    }  # fmt: skip


def test_a_key_that_means_nothing_labels_nothing(
    built: Version, rule: UsedRule, tmp_path: Path
) -> None:
    session = Session(draw_samples(built, "too-short", 5, 0), LabelFile(tmp_path / "l", rule))
    assert not any(session.answer(one) for one in ("", "x", "good", "q"))
    assert len(session.waiting) == 5
    session.file.close()
    assert not (tmp_path / "l").exists()


def test_labels_of_other_rules_and_of_strangers_are_left_aside(
    built: Version, rule: UsedRule, tmp_path: Path
) -> None:
    path = tmp_path / "labels.jsonl"
    one = draw_samples(built, "too-short", 1, 0)[0].id.hex()
    path.write_text(
        f'{{"id": "{one}", "label": "bad", "rule": "other"}}\n\n'
        f'{{"id": "{one}", "label": "good", "rule": "rules.too-short"}}\n'
        f'{{"id": "{"0" * 32}", "label": "bad"}}\n'
    )
    found = tune(built, "too-short", labels=path).labelling
    assert found is not None
    assert (found.advice.good, found.advice.bad, found.elsewhere) == (1, 0, 1)


def test_a_label_is_added_on_a_line_of_its_own(
    built: Version, rule: UsedRule, tmp_path: Path
) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text(f'{{"id": "{"0" * 32}", "label": "bad"}}')
    file = LabelFile(path, rule)
    file.put(draw_samples(built, "too-short", 1, 0)[0], "good")
    file.close()
    assert sorted(read_labels(path, rule).values()) == ["bad", "good"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{bad", "labels.jsonl:2: no JSON"),
        ("\xff\xfe", "labels.jsonl:2: no JSON"),
        ("[" * 100_000, "labels.jsonl:2: no JSON"),
        ('"good"', "labels.jsonl:2: no JSON object"),
        ('{"id": "12", "label": "good"}', "labels.jsonl:2: the id '12' is not 32 hex digits"),
        ('{"label": "good"}', "the id None is not 32 hex digits"),
        (f'{{"id": "{"0" * 32}", "label": "fine"}}', "the label 'fine'. Expected good, bad, skip"),
        (f'{{"id": "{"0" * 32}"}}', "the label None"),
    ],
)
def test_a_broken_line_is_named(rule: UsedRule, tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "labels.jsonl"
    text = f'{{"id": "{"1" * 32}", "label": "good"}}\n{line}\n'
    path.write_bytes(text.encode("latin-1"))
    for read in (read_labels, LabelFile):
        with pytest.raises(InputError) as caught:
            read(path, rule)
        assert said in str(caught.value)
    assert path.read_bytes() == text.encode("latin-1")


def test_a_file_that_is_not_there_or_cannot_be_written_is_named(
    rule: UsedRule, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=r"none\.jsonl: cannot be read"):
        read_labels(tmp_path / "none.jsonl", rule)
    with pytest.raises(StoreError, match="cannot be written"):
        LabelFile(tmp_path, rule)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        LabelFile(tmp_path / "file" / "labels.jsonl", rule)
    if os.geteuid() != 0:
        (tmp_path / "file").chmod(0o400)
        with pytest.raises(StoreError, match="cannot be written"):
            LabelFile(tmp_path / "file", rule)
