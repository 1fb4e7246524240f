"""Steps over language models in recipes and builds: what they refuse, tell, keep and lose."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from curate.conversations import record_of
from curate.errors import MissingExtraError, NotFoundError, RecipeError, RefusedError
from curate.recipe import parse_recipe
from tests.conftest import Workbench, tickets
from tests.operators.likelihoods import LONG, PAIR, TALKS, made, measured, texts_of
from tests.train.tiny import make_model, make_tokenizer

pytest.importorskip("torch")


def test_a_model_without_a_template_is_told_with_the_recipe(folder: Path, tmp_path: Path) -> None:
    bare = make_model(tmp_path / "bare")
    tokenizer = make_tokenizer()
    tokenizer.chat_template = None
    (bare / "chat_template.jinja").unlink(missing_ok=True)
    tokenizer.save_pretrained(bare)
    for name in ("perplexity", "ifd", "superfiltering"):
        with pytest.raises(NotFoundError, match=r"no chat template.*template: chatml"):
            made(name, bare)
        text = f"dataset: d\nsources: [{{path: data}}]\nsteps:\n  - {name}: {{model: bare}}\n"
        with pytest.raises(RecipeError, match="no chat template") as caught:
            parse_recipe(text, tmp_path / "recipe.yaml")
        assert ":4" in str(caught.value) or "line 4" in str(caught.value)
    texts = texts_of([TALKS["several turns"]])
    assert measured("perplexity", bare, texts, template="chatml") == measured(
        "perplexity", folder, texts
    )
    assert measured("perplexity", bare, [LONG], fields="text")[0]["perplexity"] is not None


def test_template_and_type_make_the_values_and_names_do_not(folder: Path, tmp_path: Path) -> None:
    import shutil

    there = shutil.copytree(folder, tmp_path / "elsewhere")
    assert made("ifd", there).fingerprint() == made("ifd", folder).fingerprint()
    assert made("ifd", there).model_dump_json() == made("ifd", folder).model_dump_json()
    (tmp_path / "a.jinja").write_text("{{ messages[0].content }}")
    (tmp_path / "b.jinja").write_text("{{ messages[1].content }}")
    others: list[dict[str, Any]] = [
        {"template": "plain"}, {"dtype": "bfloat16"}, {"max_tokens": 64}, {"min_tokens": 9},
        *({"template": str(tmp_path / f"{name}.jinja")} for name in "ab"),
    ]  # fmt: skip
    prints = {made("ifd", folder, **settings).fingerprint() for settings in ({}, *others)}
    assert len(prints) == 7


def test_mistakes_are_told_in_one_line(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match="did you mean 'conversation'"):
        made("perplexity", folder, fields="conversations")
    with pytest.raises(NotFoundError, match="cannot be read"):
        made("ifd", folder, template="no-such.jinja")
    other = make_model(tmp_path / "other")
    tokenizer = make_tokenizer()
    tokenizer.add_tokens(["<new>"])
    tokenizer.save_pretrained(other)
    with pytest.raises(RefusedError, match="tokenizer has other tokens"):
        measured("dpo_margin", folder, texts_of([PAIR], "preference"), reference=str(other))
    # As where the extra is not installed: it is, or these tests would not run.
    monkeypatch.setattr("curate.models.likelihood.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"curate\[train\]"):
        made("perplexity", folder)


def test_a_conversation_that_the_template_refuses_has_no_value_and_is_counted(
    folder: Path, tmp_path: Path
) -> None:
    strict = "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}"
    (tmp_path / "strict.jinja").write_text(strict + make_tokenizer().chat_template)
    operator = made("perplexity", folder, template=str(tmp_path / "strict.jinja"))
    records = [TALKS["one turn"], TALKS["system prompt"]]
    values = operator.measure(texts_of(records))["perplexity"].to_pylist()
    assert values[0] is not None
    assert values[1] is None
    told = " ".join(operator.notes())
    assert "1 that the chat template refuses" in told
    assert "1 texts scored" in told


def test_the_manifest_tells_model_device_type_template_and_opening(
    bench: Workbench, folder: Path
) -> None:
    bench.write(tickets(10))
    recipe = bench.recipe(f"  - ifd: {{model: {folder}, min_tokens: 4}}\n  - exact_dedup\n")
    version = bench.build(recipe, workers=2, batch_size=3).version
    assert version is not None
    told = " ".join(version.manifest["notes"]["ifd"])
    for part in (
        "float32 on c",
        "the model's own (sha256 ",
        "cut at 256",
        "'<|im_start|>assistant\\n'",
    ):
        assert part in told, part
    known = version.signals("conversation")
    assert set(known["signal"].to_pylist()) == {"ifd", "ifd_min"}
    joined = bench.store.sql(
        "SELECT r.id, s.value FROM records r JOIN texts t ON t.hash = r.hash "
        "JOIN signals s ON s.hash = t.text WHERE t.field = 'conversation' AND s.signal = 'ifd'"
    )
    assert len(joined) == version.count()


def test_a_scoring_run_killed_half_way_loses_the_part_at_work_alone(
    bench: Workbench, folder: Path
) -> None:
    bench.write(tickets(120))
    own = bench.folder / "own.py"
    own.write_text(SLOWLY)
    recipe = bench.folder / "recipe.yaml"
    diary = bench.folder / "diary"
    recipe.write_text(bench.recipe(f"  - slowly: {{model: {folder}, diary: {diary}}}\n"))
    command = [sys.executable, "-m", "curate", "build", str(recipe), "--store"]
    command += [str(bench.store.folder), "--workers", "2", "--allow-code", str(own)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not (diary.exists() and len(diary.read_text().split()) >= 60):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = diary.read_text().split()
    assert 60 <= len(before) < 120
    diary.unlink()
    subprocess.run(command, check=True, capture_output=True)
    after = diary.read_text().split()
    assert len(set(before) | set(after)) == 120
    assert len(set(before) & set(after)) <= 10  # the one part that was at work


SLOWLY = '''
import hashlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pyarrow as pa

from curate.operators.perplexity import Perplexity


class Slowly(Perplexity):
    """Writes down what it scored."""

    name: ClassVar[str] = "slowly"
    version: ClassVar[int] = 1

    diary: str

    def at_once(self) -> int:
        return 10

    def measure(self, texts: pa.StringArray) -> Mapping[str, pa.Array]:
        found = super().measure(texts)
        with Path(self.diary).open("a") as file:
            for text in texts.to_pylist():
                file.write(hashlib.sha256(text.encode()).hexdigest() + "\\n")
        time.sleep(0.2)
        return found
'''


def test_texts_of_whole_records_travel_through_the_store_unchanged(bench: Workbench) -> None:
    bench.write(tickets(5))
    version = bench.build(bench.recipe("")).version
    assert version is not None
    (batch,) = version.batches()
    for text in texts_of(batch.to_pylist()).to_pylist():
        assert record_of(text) is not None
