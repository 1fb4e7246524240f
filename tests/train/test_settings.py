"""Settings: our names, everyone's old names, and all problems at once."""

from pathlib import Path
from typing import Any

import pytest

from curate.errors import CurateError, InputError, RecipeError
from curate.train.config import TrainConfig
from curate.train.settings import FOREIGN, read_config
from curate.train.trl_arguments import FIXED, OWNED, RENAMED, config_class

SFT = {"method": "sft"}


def problems(*settings: str, **flags: Any) -> str:
    with pytest.raises(RecipeError) as caught:
        read_config(None, settings, SFT | flags)
    return str(caught.value)


def test_flags_win_over_settings_and_settings_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "train.yaml"
    file.write_text("learning_rate: 1e-5\nepochs: 3\nseed: 1\ntrl: {loss_type: dft}\n")
    config = read_config(file, ["epochs=2", "trl.optim=sgd", "seed=2"], SFT | {"seed": 3})
    assert (config.rate, config.epochs, config.seed) == (1e-5, 2, 3)
    assert config.trl == {"loss_type": "dft", "optim": "sgd"}


def test_an_exponent_is_a_number() -> None:
    config = read_config(None, ["learning_rate=3e-4", "trl.adam_epsilon=1e-6"], SFT)
    assert config.rate == 3e-4
    assert config.trl["adam_epsilon"] == 1e-6


def test_all_problems_are_told_at_once() -> None:
    text = problems("learning_rat=1", "epochs=-1", "beta=0.1", "trl.max_seq_length=5", "nonsense")
    for part in (
        "5 problems",
        "Did you mean learning_rate?",
        "epochs: Input should be greater than 0",
        "beta: only with method=dpo",
        "calls this max_length, which curate sets by max_length",
        "write NAME=VALUE",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("num_train_epochs=3", "curate calls this epochs"),
        ("trl.tokenizer=x", "calls this processing_class"),
        ("trl.max_prompt_length=5", "has it no longer"),
        ("trl.learning_rate=1", "curate sets this by learning_rate"),
        ("trl.trust_remote_code=true", "curate runs no code from models"),
        ("trl.optimm=sgd", "Did you mean trl.optim?"),
        ("lora_r=8", "only with adapter=lora or qlora, and adapter is none"),
    ],
)
def test_a_wrong_name_says_what_would_be_right(setting: str, told: str) -> None:
    adapter = "none" if setting.startswith("lora") else None
    assert told in problems(setting, adapter=adapter)


def test_a_missing_method_and_an_unreadable_file_are_told(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="method"):
        read_config(None, [], {})
    with pytest.raises(InputError):
        read_config(tmp_path / "none.yaml", [], SFT)
    with pytest.raises(CurateError, match="not a mapping"):
        (tmp_path / "list.yaml").write_text("[1]")
        read_config(tmp_path / "list.yaml", [], SFT)


def test_every_setting_is_described_and_every_old_name_leads_to_one() -> None:
    assert all(field.description for field in TrainConfig.model_fields.values())
    assert set(FOREIGN.values()) <= TrainConfig.model_fields.keys()


def test_the_installed_trl_has_the_arguments_that_we_speak_of() -> None:
    both = [set(config_class(method).__dataclass_fields__) for method in ("sft", "dpo")]
    known = both[0] | both[1]
    moved = {"warmup_ratio", "warmup_steps"}
    assert (OWNED.keys() | FIXED.keys()) - moved <= known
    assert moved & known
    assert not RENAMED.keys() & known
    assert {now for now in RENAMED.values() if now} - {"processing_class"} <= known
