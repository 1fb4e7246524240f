"""Reading a configuration: `--config`, `--set`, and all problems of both at once."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from curate.errors import InputError, RecipeError

from .config import RESTRICTED, TrainConfig
from .trl_arguments import trl_problems

FOREIGN: Final = {
    "num_train_epochs": "epochs",
    "num_epochs": "epochs",
    "per_device_train_batch_size": "batch_size",
    "train_batch_size": "batch_size",
    "gradient_accumulation_steps": "gradient_accumulation",
    "lr": "learning_rate",
    "max_seq_length": "max_length",
    "max_seq_len": "max_length",
    "cutoff_len": "max_length",
    "sequence_len": "max_length",
    "lr_scheduler_type": "scheduler",
    "warmup_ratio": "warmup",
    "warmup_steps": "warmup",
    "lora_rank": "lora_r",
    "lora_target": "lora_targets",
    "target_modules": "lora_targets",
    "save_total_limit": "keep_checkpoints",
    "chat_template_path": "chat_template",
    "bf16": "dtype",
    "fp16": "dtype",
}
"""What other trainers call our settings."""

_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)[eE][-+]?\d+")


def read_config(
    file: Path | None, settings: Iterable[str], flags: Mapping[str, Any]
) -> TrainConfig:
    """Make a configuration: the file's, under `NAME=VALUE` settings, under the command's flags.

    Raises `RecipeError` with all problems, `InputError` where the file cannot be read.
    """
    problems: list[str] = []
    values = _from_file(file) if file is not None else {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals:
            problems.append(f"--set {setting}: write NAME=VALUE")
            continue
        _put(values, name.strip(), _value(text))
    values |= {name: value for name, value in flags.items() if value is not None}
    config, found = _validated(values)
    problems += found
    if problems or config is None:
        raise _error(problems)
    return config


def _from_file(file: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(
            f"--config {file}", f"cannot be read ({error})", "Name a YAML file with a mapping."
        ) from error
    if not isinstance(values, dict):
        raise RecipeError(f"--config {file}", "not a mapping", "Write NAME: VALUE on each line.")
    flat: dict[str, Any] = {}
    for name, value in values.items():
        _put(flat, str(name), _float(value))
    return flat


def _put(values: dict[str, Any], name: str, value: Any) -> None:
    head, _, rest = name.partition(".")
    if head == "trl" and rest:
        values["trl"] = {**values.get("trl", {}), rest: value}
    elif head == "template_arguments" and rest:
        values[head] = {**values.get(head, {}), rest: value}
    else:
        values[name] = value


def _value(text: str) -> Any:
    """A value as YAML reads it, and `1e-4` as a number."""
    try:
        return _float(yaml.safe_load(text))
    except yaml.YAMLError:
        return text


def _float(value: Any) -> Any:
    return float(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else value


def _validated(values: dict[str, Any]) -> tuple[TrainConfig | None, list[str]]:
    problems = [_unknown(name) for name in values if name not in TrainConfig.model_fields]
    known = {name: value for name, value in values.items() if name in TrainConfig.model_fields}
    config = None
    try:
        config = TrainConfig.model_validate(known)
    except ValidationError as error:
        problems += [_described(one) for one in error.errors(include_url=False)]
    for rule in RESTRICTED:
        actual = values.get(rule.needs, "lora" if rule.needs == "adapter" else None)
        if rule.field in values and actual not in rule.values:
            needed = f"{rule.needs}={' or '.join(rule.values)}"
            problems.append(f"{rule.field}: only with {needed}, and {rule.needs} is {actual}")
    trl, method = values.get("trl"), values.get("method")
    if trl and isinstance(trl, dict) and method in ("sft", "dpo"):
        problems += trl_problems(method, trl)
    return config, problems


def _unknown(name: str) -> str:
    known = sorted(TrainConfig.model_fields)
    if name in FOREIGN:
        return f"{name}: curate calls this {FOREIGN[name]}"
    close = get_close_matches(name, known, n=1)
    if close:
        return f"{name}: no such setting. Did you mean {close[0]}?"
    return f"{name}: no such setting. TRL's own are set as trl.{name}; ours are {', '.join(known)}"


def _described(error: Any) -> str:
    name = ".".join(str(part) for part in error["loc"]) or "configuration"
    if error["type"] == "missing":
        return f"{name}: it is not said; write --{name} sft or --{name} dpo"
    return f"{name}: {error['msg']}, found {error['input']!r}"


def _error(problems: list[str]) -> RecipeError:
    if len(problems) == 1:
        where, _, found = problems[0].partition(": ")
        return RecipeError(f"training configuration, {where}", found, "Correct it and run again.")
    listed = "".join(f"\n  {problem}" for problem in problems)
    return RecipeError(
        "training configuration", f"{len(problems)} problems", f"Correct them:{listed}"
    )
