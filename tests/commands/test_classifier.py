"""`curate classifier`: from labels to a file, and every mistake told in one line."""

import gzip
import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.classifier.small import labelled
from tests.conftest import write_lines

pytestmark = pytest.mark.skipif(
    find_spec("sklearn") is None, reason="the extra classifier is not installed"
)


def call(*arguments: object, code: int = 0) -> Result:
    from curate.cli import curate

    result = CliRunner().invoke(curate, ["classifier", *map(str, arguments)])
    found = getattr(result.exception, "exit_code", result.exit_code)
    assert found == code, result.output + repr(result.exception)
    return result


def rows(number: int = 120) -> list[dict[str, Any]]:
    texts, labels = labelled(number)
    return [{"text": t, "label": one} for t, one in zip(texts, labels, strict=True)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "labels.jsonl", rows())


def trained(folder: Path, *arguments: object) -> Any:
    out = folder / "tone.classifier"
    return json.loads(call("train", *arguments, "--out", out, "--bits", 12, "--json").output)


def test_it_trains_shows_and_evaluates(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "tone.classifier"
    printed = call("train", file, "--out", out).output
    for words in ("macro F1", "precision", "calibration error", "likely wrong", "tone_rude"):
        assert words in printed
    assert "tone_kind" in call("show", out).output
    more = write_lines(tmp_path / "more.jsonl", rows(40))
    told = json.loads(call("eval", out, more, "--json").output)
    assert told["figures"]["macro_f1"] == 1
    assert "accuracy 1.000" in call("eval", out, more).output


def test_every_format_of_labels_gives_the_same_file(file: Path, tmp_path: Path) -> None:
    expected = trained(tmp_path, file)["sha256"]
    table = "".join(f"{row['text']}\t{row['label']}\n" for row in rows())
    (tmp_path / "a.tsv").write_text(f"text\tlabel\n{table}")
    with gzip.open(tmp_path / "a.csv.gz", "wt") as stream:
        stream.write("topic,body\n" + "".join(f"{r['label']},{r['text']}\n" for r in rows()))
    (tmp_path / "a.json").write_text(json.dumps(rows()))
    turns = [
        {
            "messages": [
                {"role": "user", "content": "?"},
                {"role": "assistant", "content": row["text"]},
            ],
            "tags": {"tone": row["label"]},
        }
        for row in rows()
    ]
    chats = write_lines(tmp_path / "chats.jsonl", turns)
    assert trained(tmp_path, tmp_path / "a.tsv")["sha256"] == expected
    options = ("--text", "body", "--label", "topic")
    assert trained(tmp_path, tmp_path / "a.csv.gz", *options)["sha256"] == expected
    assert trained(tmp_path, tmp_path / "a.json")["sha256"] == expected
    options = ("--text", "response", "--label", "tags.tone")
    assert trained(tmp_path, chats, *options)["sha256"] == expected


def test_good_and_bad_files_need_no_labels(tmp_path: Path) -> None:
    sides = {
        label: write_lines(tmp_path / f"{label}.jsonl", [r for r in rows() if r["label"] == label])
        for label in ("kind", "rude")
    }
    told = trained(tmp_path, "--good", sides["kind"], "--bad", sides["rude"])
    assert told["classifier"]["labels"] == ["bad", "good"]
    assert told["classifier"]["examples"] == 120


def test_a_split_is_taken_alone(tmp_path: Path) -> None:
    parted = [row | {"split": "ab"[at % 4 == 3]} for at, row in enumerate(rows())]
    file = write_lines(tmp_path / "a.jsonl", parted)
    assert trained(tmp_path, file, "--split", "a")["classifier"]["examples"] == 90


def test_integers_and_booleans_are_labels(tmp_path: Path) -> None:
    for values in ((0, 1), (False, True)):
        known = [row | {"label": values[row["label"] == "rude"]} for row in rows()]
        told = trained(tmp_path, write_lines(tmp_path / "a.jsonl", known))
        assert told["classifier"]["labels"] == [str(value).lower() for value in values]


def refused(code: int, *arguments: object) -> str:
    return str(call("train", *arguments, "--out", "never.classifier", code=code).exception)


def test_a_misspelt_column_is_guessed(tmp_path: Path) -> None:
    file = write_lines(tmp_path / "a.jsonl", [{"content": "a b", "Label": "x"}])
    said = refused(4, file, "--text", "contnt", "--label", "Label")
    assert "a.jsonl:1: no column 'contnt'. Did you mean 'content'? Say --text COLUMN" in said
    said = refused(4, file, "--text", "content")
    assert "no column 'label'. Did you mean 'Label'? Say --label COLUMN" in said


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"text": "a"}, "no column 'label'"),
        ({"text": "a", "label": None}, "its label is null"),
        ({"text": "a", "label": " "}, "its label is empty"),
        ({"text": "a", "label": ["x"]}, "its label is a list"),
        ({"text": None, "label": "x"}, "its text is null"),
        ({"text": 7, "label": "x"}, "its text is a number"),
        ("{broken", "labels.jsonl:121"),
    ],
)
def test_a_row_that_cannot_be_used_is_told_with_its_line(
    tmp_path: Path, row: Any, words: str
) -> None:
    said = refused(4, write_lines(tmp_path / "labels.jsonl", [*rows(), row]))
    assert "labels.jsonl:121: " in said
    assert words in said


def test_too_few_labels_or_texts_are_refused(file: Path, tmp_path: Path) -> None:
    alone = write_lines(tmp_path / "one.jsonl", [r for r in rows() if r["label"] == "rude"])
    assert "only the label 'rude' is there" in refused(7, alone)
    few = write_lines(tmp_path / "few.jsonl", rows(8))
    assert "4 different texts, and there are 5 folds" in refused(7, few)
    (tmp_path / "empty.jsonl").touch()
    assert "the file is empty" in refused(4, tmp_path / "empty.jsonl")
    assert "no such file" in refused(4, tmp_path / "nowhere.jsonl")
    assert "no row of the split" in refused(4, _split(tmp_path), "--split", "nowhere")
    assert "no labels are given" in refused(2)
    assert "together with" in refused(2, file, "--good", file)


def _split(folder: Path) -> Path:
    return write_lines(folder / "s.jsonl", [row | {"split": "a"} for row in rows()])


def test_options_that_do_not_go_together_are_refused(file: Path) -> None:
    assert "about words" in refused(2, file, "--embedding", "x", "--ngrams", 1)
    assert "--embedding only" in refused(2, file, "--max-tokens", 100)
    assert "no name for a signal" in refused(2, file, "--name", "Tone!")


def test_a_label_that_the_classifier_does_not_know_is_named(file: Path, tmp_path: Path) -> None:
    trained(tmp_path, file)
    other = write_lines(tmp_path / "other.jsonl", [{"text": "a", "label": "odd"}])
    result = call("eval", tmp_path / "tone.classifier", other, code=7)
    assert "'odd'" in str(result.exception)
    assert "kind, rude" in str(result.exception)


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.classifier").write_bytes(b"PK\x03\x04" + bytes(100))
    assert "zip or pickle" in str(call("show", tmp_path / "a.classifier", code=4).exception)
    call("show", tmp_path / "nowhere", code=5)


def test_a_place_that_cannot_be_written_is_told_before_training(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("it was trained")

    monkeypatch.setattr("curate.classifier.training.train", never)
    before = file.read_bytes()
    beneath = call("train", file, "--out", file / "tone", code=6).exception
    assert "cannot be written" in str(beneath)
    folder = call("train", file, "--out", tmp_path, code=7).exception
    assert "is a folder" in str(folder)
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]
