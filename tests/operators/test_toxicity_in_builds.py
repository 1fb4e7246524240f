"""Steps of toxicity in recipes and builds: the files they take, and what they refuse and keep."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from curate.errors import InputError, MissingExtraError, NotFoundError, RefusedError
from curate.models.toxicity_files import VARIANTS
from curate.recipe import parse_recipe
from tests.conftest import Workbench
from tests.models.toxic import CLASSES, made, make_base, make_checkpoint, make_folder, scored, teach

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of torch.hub; its folder of checkpoints."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    folder = Path(torch.hub.get_dir()) / "checkpoints"
    folder.mkdir(parents=True)
    return folder


def test_the_models_of_detoxify_are_found_where_torch_hub_keeps_them(
    cache: Path, tmp_path: Path
) -> None:
    checkpoint = make_checkpoint(tmp_path / "own.ckpt")
    shutil.copy(checkpoint, cache / Path(VARIANTS["original"].file).name)
    base = str(tmp_path / "bert-base")
    found = scored("original", ["an idiot"], base=base)
    assert found == scored(checkpoint, ["an idiot"], base=base)
    with pytest.raises(NotFoundError, match=r"toxic_debiased-c7548aa0.ckpt.*Fetch https://"):
        made("unbiased", base=base)


def test_the_names_and_files_are_those_of_detoxify() -> None:
    pytest.importorskip("detoxify")
    from detoxify.detoxify import MODEL_URLS

    from curate.models.toxicity_files import RELEASES

    assert {name: RELEASES + each.file for name, each in VARIANTS.items()} == MODEL_URLS


def test_a_base_comes_from_the_cache_of_the_hub(
    hub_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = make_checkpoint(tmp_path / "own.ckpt")
    expected = scored(checkpoint, ["an idiot"])
    assert scored(checkpoint, ["an idiot"], base="org/toxic") == expected
    with pytest.raises(NotFoundError, match=r"hf download org/none config.json tokenizer.json"):
        made(checkpoint, base="org/none")


class Runs:
    """What runs code when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> Any:
        return Path.touch, (self.file,)


def test_a_checkpoint_that_would_run_code_is_refused_and_runs_none(tmp_path: Path) -> None:
    checkpoint = make_checkpoint(tmp_path / "own.ckpt")
    loaded = torch.load(checkpoint, weights_only=True)
    torch.save({**loaded, "more": Runs(tmp_path / "ran")}, checkpoint)
    with pytest.raises(RefusedError, match="run code"):
        made(checkpoint)
    assert not (tmp_path / "ran").exists()
    folder = make_folder(tmp_path / "folder")
    (folder / "model.safetensors").unlink()
    torch.save({"weights": Runs(tmp_path / "ran")}, folder / "pytorch_model.bin")
    with pytest.raises(RefusedError, match="pickled"):
        made(folder)
    assert not (tmp_path / "ran").exists()


def test_files_and_settings_make_the_values_and_names_do_not(tmp_path: Path) -> None:
    checkpoint = make_checkpoint(tmp_path / "own.ckpt")
    there = tmp_path / "elsewhere"
    there.mkdir()
    moved = shutil.copy(checkpoint, there / "other.ckpt")
    base = shutil.copytree(tmp_path / "bert-base", there / "base")
    same = made(moved, base=str(base), device="cpu")
    assert same.fingerprint() == made(checkpoint).fingerprint()
    assert str(tmp_path) not in same.model_dump_json() + made(checkpoint).model_dump_json()
    elsewhere = made(checkpoint, fields="user")
    assert elsewhere.signal_fingerprint() == same.signal_fingerprint()
    others: list[dict[str, Any]] = [
        {}, {"max_tokens": 20}, {"classes": ["a", "b"]}, {"activation": "softmax"},
    ]  # fmt: skip
    prints = {made(checkpoint, **settings).signal_fingerprint() for settings in others}
    assert len(prints) == 4
    other = make_checkpoint(tmp_path / "other.ckpt", seed=1)
    assert made(other).fingerprint() != made(checkpoint).fingerprint()


def test_weights_that_transformers_has_no_more_are_let_be_without_a_word(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Detoxify's checkpoints were made when positions were among the weights."""
    checkpoint = make_checkpoint(tmp_path / "own.ckpt")
    expected = scored(checkpoint, ["an idiot"])
    loaded = torch.load(checkpoint, weights_only=True)
    loaded["state_dict"]["bert.embeddings.position_ids"] = torch.arange(64)[None]
    torch.save(loaded, checkpoint)
    assert scored(checkpoint, ["an idiot"]) == expected
    assert "".join(capfd.readouterr()) == ""


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda loaded: loaded.pop("config"), "it has no 'config'"),
        (lambda loaded: loaded["state_dict"].pop("classifier.weight"), "lack 1 parts"),
        (lambda loaded: loaded["config"]["arch"]["args"].update(num_classes=3), "6 classes, and"),
        (lambda loaded: loaded["config"]["arch"]["args"].update(model_name="OPT"), "it is a OPT"),
    ],
)
def test_a_checkpoint_that_is_not_whole_is_told(tmp_path: Path, spoil: Any, words: str) -> None:
    checkpoint = make_checkpoint(tmp_path / "own.ckpt")
    loaded = torch.load(checkpoint, weights_only=True)
    spoil(loaded)
    torch.save(loaded, checkpoint)
    with pytest.raises((InputError, RefusedError), match=words):
        scored(checkpoint, ["a"])


def test_mistakes_are_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotFoundError, match="did you mean 'original'"):
        made("orignal")
    with pytest.raises(NotFoundError, match="there is no file"):
        made(tmp_path / "none.ckpt")
    (tmp_path / "text.ckpt").write_text("no checkpoint")
    with pytest.raises((InputError, RefusedError), match=r"checkpoint text.ckpt"):
        made(tmp_path / "text.ckpt")
    folder = make_folder(tmp_path / "folder")
    with pytest.raises(RefusedError, match="Leave base out"):
        made(folder, base="bert-base-uncased")
    with pytest.raises(ValueError, match="did you mean 'response'"):
        made(folder, fields="respons")
    unnamed = make_folder(tmp_path / "unnamed", [f"LABEL_{place}" for place in range(6)])
    with pytest.raises(InputError, match=r"'LABEL_0' is no name.*classes: \[toxicity"):
        made(unnamed).signals()
    assert next(iter(made(unnamed, classes=CLASSES).signals())) == "toxicity"
    twice = make_folder(tmp_path / "twice", ["toxic", "Toxicity", "c", "d", "e", "f"])
    with pytest.raises(InputError, match="two of its labels give the signal 'toxicity'"):
        made(twice).signals()
    if not torch.cuda.is_available():
        with pytest.raises(InputError, match="no CUDA device"):
            scored(folder, ["a"], device="cuda", activation="sigmoid")
    # As where the extra is not installed: it is, or these tests would not run.
    monkeypatch.setattr("curate.operators.toxicity.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"curate\[toxicity\]"):
        made(folder)


def test_a_base_of_another_size_is_told(tmp_path: Path) -> None:
    checkpoint = make_checkpoint(tmp_path / "own.ckpt")
    roberta = tmp_path / "roberta"
    make_base(roberta, "roberta")
    with pytest.raises(RefusedError, match="is a BertForSequenceClassification"):
        scored(checkpoint, ["a"], base=str(roberta))


STEPS = """  - toxicity: {model: MODEL}
  - drop: {where: toxicity > limit, limit: 0.5, field: response}
"""


def test_a_rude_question_with_a_kind_answer_stays_and_nothing_is_scored_twice(
    bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = teach(tmp_path / "toxic")
    pairs = [
        ("shut up idiot", "I will not say that"),
        ("what a day", "you are a friend"),
        ("see you soon", "you are an idiot"),
    ]
    bench.write([{"prompt": asked, "response": said} for asked, said in pairs])
    recipe = bench.recipe(STEPS.replace("MODEL", str(folder)))
    version = bench.build(recipe).version
    assert version is not None
    kept = [
        row["messages"][-1]["content"] for batch in version.batches() for row in batch.to_pylist()
    ]
    assert sorted(kept) == ["I will not say that", "you are a friend"]
    (dropped,) = version.ledger().to_pylist()
    assert float(dropped["value"]) > 0.9
    asked = {row["signal"]: row["value"] for row in version.signals("prompt").to_pylist()}
    assert set(asked) >= {"toxicity", "insult"}
    assert "float32 on c" in " ".join(version.manifest["notes"]["toxicity"])

    def never(*_: Any) -> None:
        raise AssertionError("scored again")

    monkeypatch.setattr("curate.operators.toxicity.toxicity_scorer", never)
    again = bench.build(recipe.replace("limit: 0.5", "limit: 0.6")).version
    assert again is not None
    assert again.count() == 2


def test_the_place_of_a_mistake_is_told_with_the_recipe(tmp_path: Path) -> None:
    text = "dataset: d\nsources: [{path: data}]\nsteps:\n  - toxicity: orignal\n"
    with pytest.raises(Exception, match="did you mean 'original'") as caught:
        parse_recipe(text, tmp_path / "recipe.yaml")
    assert ":4" in str(caught.value) or "line 4" in str(caught.value)
