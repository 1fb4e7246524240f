"""Scores of toxicity: equal to a plain computation and to Detoxify's, whatever is beside a text."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.models.toxic import (
    CLASSES,
    KIND,
    LIMIT,
    RUDE,
    SIGNALS,
    made,
    make_checkpoint,
    make_folder,
    scored,
)

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

CLOSE = 1e-5
"""Values are rounded to 5 decimals, so that half of it is lost by that."""


def odd_texts(number: int) -> list[str]:
    """Texts of all lengths, with signs that a tokenizer may trip over."""
    words = [*" ".join([*RUDE, *KIND]).split(), "naïve", "😀", "[SEP]", "<unk>", "\x00", "日本語"]
    random = np.random.default_rng(7)
    texts = ["", " ", "\n"]
    while len(texts) < number:
        some = random.choice(words, size=int(random.geometric(0.06)))
        texts.append(" ".join(some) + "!?" * int(random.integers(3)))
    return texts


def plain(base: Path, weights: Path, texts: Sequence[str]) -> list[list[float]]:
    """The probabilities by a model of transformers, one text at a time."""
    from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base)
    config = AutoConfig.from_pretrained(base, num_labels=len(CLASSES))
    model = AutoModelForSequenceClassification.from_config(config)
    model.load_state_dict(torch.load(weights, weights_only=True)["state_dict"])
    model.eval()
    found = []
    with torch.no_grad():
        for text in texts:
            given = tokenizer(text, truncation=True, return_tensors="pt")
            found.append(torch.sigmoid(model(**given).logits)[0].tolist())
    return found


@pytest.mark.parametrize("kind", ["bert", "roberta"])
def test_the_values_of_a_checkpoint_are_those_of_a_plain_forward_pass(
    tmp_path: Path, kind: str
) -> None:
    checkpoint = make_checkpoint(tmp_path / "model.ckpt", kind)
    texts = odd_texts(300)
    expected = np.array(plain(tmp_path / f"{kind}-base", checkpoint, texts))
    found = scored(checkpoint, texts)
    assert list(found[0]) == list(SIGNALS)
    assert np.abs(np.array([list(row.values()) for row in found]) - expected).max() < CLOSE
    assert expected.std(axis=0).min() > 0.02  # or equal values would prove little


def test_a_thousand_values_are_those_that_detoxify_predicts(tmp_path: Path) -> None:
    detoxify = pytest.importorskip("detoxify")
    checkpoint = make_checkpoint(tmp_path / "model.ckpt")
    texts = odd_texts(1000)
    model = detoxify.Detoxify(checkpoint=str(checkpoint))
    expected: dict[str, list[float]] = {name: [] for name in SIGNALS}
    for start in range(0, len(texts), 100):
        predicted = model.predict(texts[start : start + 100])
        assert list(predicted) == list(SIGNALS)
        for name, values in predicted.items():
            expected[name] += values
    found = scored(checkpoint, texts)
    for name, values in expected.items():
        apart = np.abs(np.array([row[name] for row in found]) - np.array(values))
        assert apart.max() < CLOSE, name
    assert sum(len(model.tokenizer(text)["input_ids"]) > LIMIT for text in texts) > 20


def test_a_folder_gives_the_values_of_the_checkpoint_of_the_same_weights(tmp_path: Path) -> None:
    checkpoint = make_checkpoint(tmp_path / "model.ckpt")
    folder = make_folder(tmp_path / "folder", problem_type="multi_label_classification")
    texts = odd_texts(40)
    assert scored(folder, texts) == scored(checkpoint, texts)


def test_neither_order_nor_neighbours_change_a_value(tmp_path: Path) -> None:
    checkpoint = make_checkpoint(tmp_path / "model.ckpt")
    texts = odd_texts(60)
    whole = scored(checkpoint, texts)
    assert scored(checkpoint, texts[::-1]) == whole[::-1]
    assert [scored(checkpoint, [text])[0] for text in texts] == whole


def test_one_label_of_several_has_a_softmax_unless_the_model_says_otherwise(
    tmp_path: Path,
) -> None:
    folder = make_folder(tmp_path / "single", ["neutral", "toxic", "c", "d", "e", "f"])
    several = make_folder(tmp_path / "multi", CLASSES, problem_type="multi_label_classification")
    (one,), (many,) = scored(folder, ["you idiot"]), scored(several, ["you idiot"])
    assert list(one) == ["neutral", "toxicity", "c", "d", "e", "f"]
    assert sum(one.values()) == pytest.approx(1, abs=1e-4)
    assert sum(many.values()) != pytest.approx(1, abs=1e-2)
    (forced,) = scored(folder, ["you idiot"], activation="sigmoid")
    assert list(forced.values()) == list(many.values())


def test_outputs_without_a_label_are_left_out(tmp_path: Path) -> None:
    """Detoxify's `unbiased` has sixteen outputs, and names seven."""
    whole = make_checkpoint(tmp_path / "whole.ckpt")
    some = make_checkpoint(tmp_path / "some.ckpt", classes=CLASSES[:2])
    (row,), (all_,) = scored(some, ["an idiot"]), scored(whole, ["an idiot"])
    assert row == {name: all_[name] for name in SIGNALS[:2]}


def test_texts_are_cut_where_detoxify_cuts_them_and_it_is_told(tmp_path: Path) -> None:
    checkpoint = make_checkpoint(tmp_path / "model.ckpt")
    long = "idiot " * 100
    same, shorter = scored(checkpoint, [long, long + "you are a friend"])
    assert same == shorter
    operator = made(checkpoint, max_tokens=20)
    import pyarrow as pa

    operator.measure(pa.array([long, "idiot"]))
    first, second = operator.notes()
    assert "model.ckpt (sha256 " in first
    assert "cut at 20 tokens" in first
    assert second == "2 texts scored, 1 of them longer, and cut"
    assert str(tmp_path) not in first


def test_a_text_of_the_limit_is_not_called_cut(tmp_path: Path) -> None:
    import pyarrow as pa

    operator = made(make_checkpoint(tmp_path / "model.ckpt"))
    operator.measure(pa.array(["a " * (LIMIT - 2), "a " * (LIMIT - 1)]))
    assert operator.notes()[1] == "2 texts scored, 1 of them longer, and cut"


def test_a_text_without_a_token_has_no_value(tmp_path: Path) -> None:
    import json

    folder = make_folder(tmp_path / "folder")
    changes: dict[str, dict[str, Any]] = {
        "tokenizer.json": {"post_processor": None},
        "tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast"},
    }
    for name, change in changes.items():
        told = json.loads((folder / name).read_text())
        (folder / name).write_text(json.dumps({**told, **change}))
    nothing, something = scored(folder, ["", "an idiot"])
    assert set(nothing.values()) == {None}
    assert None not in something.values()
    assert scored(folder, ["an idiot"]) == [something]
