"""What does not fit is refused before anything is written."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from curate.errors import CurateError, NotFoundError, RefusedError
from curate.models.files import find_model
from curate.store import Store
from curate.train.command import train as command
from curate.train.config import Request, TrainConfig
from curate.train.run import train
from tests.train.conftest import CONVERSATIONS, PAIRS, Maker


def refused(
    store: Store, ref: str, model: Path | str, tmp_path: Path, **settings: Any
) -> CurateError:
    config = TrainConfig.model_validate({"method": "sft"} | settings)
    out = tmp_path / "out"
    with pytest.raises(CurateError) as caught:
        train(store, Request(ref, str(model), config, out))
    assert not out.exists()
    return caught.value


def test_records_of_the_wrong_kind_are_refused_with_what_to_do(
    store: Store, pairs: str, conversations: str, dataset: Maker, model: Path, tmp_path: Path
) -> None:
    error = refused(store, pairs, model, tmp_path)
    assert error.exit_code == 7
    assert "it holds 12 preference records; SFT needs" in str(error)
    assert "Use --method dpo" in str(error)
    assert "Use --method sft" in str(refused(store, conversations, model, tmp_path, method="dpo"))
    mixed = dataset("mixed", [*PAIRS[:2], *CONVERSATIONS[:3]])
    assert "2 preference records and 3 sft records" in str(refused(store, mixed, model, tmp_path))


def test_a_model_that_is_not_there_is_told_with_all_that_was_tried(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="there is no folder") as caught:
        find_model(str(tmp_path / "no-model"))
    assert str(tmp_path / "no-model") in str(caught.value)
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotFoundError, match=r"no config\.json"):
        find_model(str(tmp_path / "empty"))


def test_a_hub_that_cannot_be_reached_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(NotFoundError, match="Tried: ") as caught:
        find_model("no-such-organisation/no-such-model")
    assert "\n" not in str(caught.value)


def test_pickled_weights_and_code_of_models_are_refused(model: Path, tmp_path: Path) -> None:
    for name in ("pickled", "coded"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_bytes((model / "config.json").read_bytes())
    (tmp_path / "pickled/pytorch_model.bin").write_bytes(b"")
    with pytest.raises(RefusedError, match="pickled"):
        find_model(str(tmp_path / "pickled"))
    (tmp_path / "coded/model.safetensors").write_bytes((model / "model.safetensors").read_bytes())
    config = '{"model_type": "own", "auto_map": {"AutoModelForCausalLM": "own.Model"}}'
    (tmp_path / "coded/config.json").write_text(config)
    with pytest.raises(RefusedError, match="needs code"):
        find_model(str(tmp_path / "coded"))


def test_a_tokenizer_without_a_chat_template_is_refused_with_the_ways_out(
    store: Store, conversations: str, tmp_path: Path
) -> None:
    from tests.train.tiny import make_model

    bare = make_model(tmp_path / "bare")
    (bare / "chat_template.jinja").unlink()
    assert "chat_template=plain" in str(refused(store, conversations, bare, tmp_path))


def test_a_value_that_trl_refuses_is_told_before_anything_is_written(
    store: Store, conversations: str, model: Path, tmp_path: Path
) -> None:
    error = refused(store, conversations, model, tmp_path, trl={"optim": "no-such"})
    assert error.exit_code == 3
    assert "no-such" in str(error)


def test_a_split_in_which_nothing_can_be_trained_is_refused(
    store: Store, conversations: str, model: Path, tmp_path: Path
) -> None:
    error = refused(store, conversations, model, tmp_path, max_length=3)
    assert "none of its" in str(error)
    assert "begin after 3 tokens" in str(error)


def test_trl_is_not_imported_to_show_the_help() -> None:
    import subprocess
    import sys

    heavy = "{'torch', 'trl', 'pydantic'}"
    code = f"import sys, curate.train.command; print(sorted({heavy} & set(sys.modules)))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_the_command_trains_and_prints_json(
    store: Store, pairs: str, model: Path, tmp_path: Path
) -> None:
    import json

    arguments = [pairs, "--method", "dpo", "--model", str(model), "--store", str(store.folder)]
    more = ["--output", str(tmp_path / "out"), "--json", "--set", "max_steps=1"]
    result = CliRunner().invoke(command, [*arguments, *more], catch_exceptions=False)
    assert result.exit_code == 0
    assert json.loads(result.stdout)["records"]["fed"] == len(PAIRS)
