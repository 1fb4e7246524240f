import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from curate.errors import InputError, MissingExtraError, NotFoundError
from curate.operators.tokens import Tokens
from curate.recipe import parse_recipe
from tests.conftest import Workbench, tickets
from tests.operators.conftest import CACHED_TOKENIZER, COMMIT
from tests.train.tiny import make_tokenizer

pytest.importorskip("transformers")
TEXTS = ["", "How do I reset my password?", "<|im_end|>", "é 🎈 ﷺ", "word " * 2_000]
FOLDER = "models--org--tiny/snapshots"


def greedy() -> Any:
    """A tokenizer that adds special tokens, cuts and pads, where it is not told otherwise."""
    from tokenizers.processors import TemplateProcessing

    tokenizer = make_tokenizer()
    inner = tokenizer.backend_tokenizer
    inner.post_processor = TemplateProcessing(
        single="<|im_start|> $A <|im_end|>", special_tokens=[("<|im_start|>", 1), ("<|im_end|>", 2)]
    )
    inner.enable_truncation(8)
    inner.enable_padding(length=64)
    return tokenizer


def made(folder: Path | str, **settings: object) -> Tokens:
    return Tokens.model_validate({"tokenizer": str(folder), **settings})


def test_it_counts_what_the_text_is_and_nothing_that_is_added(tmp_path: Path) -> None:
    plain = make_tokenizer()
    greedy().save_pretrained(tmp_path)
    expected = [len(plain(text, add_special_tokens=False)["input_ids"]) for text in TEXTS]
    assert made(tmp_path).measure(pa.array(TEXTS))["tokens"].to_pylist() == expected
    assert expected[0] == 0
    assert expected[2] == 1
    assert expected[4] > 2_000


def test_a_tokenizer_is_known_by_its_files_and_not_by_its_place(
    hub_cache: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(hub_cache / FOLDER / COMMIT, tmp_path / "copy")
    (copy / "model.safetensors").write_bytes(b"weights are not the tokenizer")
    here, there = made(copy), made(CACHED_TOKENIZER)
    assert here.fingerprint() == there.fingerprint()
    assert here.signal_fingerprint() == there.signal_fingerprint()
    elsewhere = made(copy.rename(tmp_path / "elsewhere"))
    assert elsewhere.model_dump_json() == here.model_dump_json()
    elsewhere._found.folder.rename(copy)
    greedy().save_pretrained(copy)
    assert made(copy).fingerprint() != there.fingerprint()


def test_a_recipe_names_a_folder_beside_it(bench: Workbench, hub_cache: Path) -> None:
    shutil.copytree(hub_cache / FOLDER / COMMIT, bench.folder / "tiny")
    bench.write(tickets(10))
    built = bench.build(bench.recipe("  - tokens: tiny\n")).version
    assert built is not None
    known = bench.store.version("support").signals("prompt")
    texts = pa.array([f"How do I reset device number {number}?" for number in (0, 1)])
    counts = made(CACHED_TOKENIZER).measure(texts)["tokens"].to_pylist()
    assert set(known["signal"].to_pylist()) == {"tokens"}
    assert set(counts) <= set(known["value"].to_pylist())


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("./no-such-folder", "there is no folder"),
        ("org/other", "not in the local cache of the Hub"),
        ("no valid id", "not in the local cache of the Hub"),
        ("empty", "holds none"),
    ],
)
def test_a_tokenizer_that_is_not_there_is_told_with_the_recipe(
    tmp_path: Path, hub_cache: Path, name: str, found: str
) -> None:
    (tmp_path / "empty").mkdir()
    text = f"dataset: d\nsources: [{{path: data}}]\nsteps:\n  - tokens: {name}\n"
    with pytest.raises(Exception, match=found) as caught:
        parse_recipe(text, tmp_path / "recipe.yaml")
    assert "line 4" in str(caught.value) or ":4" in str(caught.value)


def test_a_tokenizer_without_a_fast_version_and_a_missing_extra_are_told(
    tmp_path: Path, hub_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(InputError, match="cannot be loaded"):
        made(tmp_path).measure(pa.array(["a"]))
    with pytest.raises(NotFoundError):
        made(tmp_path / "nowhere")
    monkeypatch.setattr("curate.operators.tokens.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"curate\[train\]"):
        made(CACHED_TOKENIZER)
