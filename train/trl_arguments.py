"""Our configuration as TRL's, by looking at the fields that the installed TRL has."""

import dataclasses
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, NamedTuple

from curate.errors import MissingExtraError, RecipeError

from .config import Method, TrainConfig
from .quiet import quieten

OWNED: Final = {
    "output_dir": "--output",
    "resume_from_checkpoint": "--resume",
    "learning_rate": "learning_rate",
    "num_train_epochs": "epochs",
    "max_steps": "max_steps",
    "per_device_train_batch_size": "batch_size",
    "per_device_eval_batch_size": "batch_size",
    "gradient_accumulation_steps": "gradient_accumulation",
    "gradient_checkpointing": "gradient_checkpointing",
    "max_length": "max_length",
    "warmup_ratio": "warmup",
    "warmup_steps": "warmup",
    "lr_scheduler_type": "scheduler",
    "weight_decay": "weight_decay",
    "max_grad_norm": "max_grad_norm",
    "beta": "beta",
    "packing": "packing",
    "chat_template_path": "chat_template",
    "seed": "seed",
    "data_seed": "seed",
    "logging_steps": "logging_steps",
    "save_steps": "save_steps",
    "save_total_limit": "keep_checkpoints",
    "bf16": "dtype",
}
"""TRL's arguments that a setting of ours decides."""

FIXED: Final = {
    "truncation_mode": "records are cut at their end, and the cuts are counted",
    "dataset_kwargs": "records are tokenised by curate, so that what is trained is known",
    "completion_only_loss": "turns are trained as the records say",
    "assistant_only_loss": "turns are trained as the records say",
    "dataset_text_field": "records are tokenised by curate",
    "shuffle_dataset": "the sampler shuffles by the seed",
    "eos_token": "it is the tokenizer's",
    "model_init_kwargs": "the model is loaded by curate, from safetensors and without its code",
    "trust_remote_code": "curate runs no code from models",
    "remove_unused_columns": "the names of records travel beside their tokens",
    "save_strategy": "use save_steps",
    "eval_strategy": "the split `eval` is evaluated at the end",
}
"""TRL's arguments that would break what curate promises, and why."""

RENAMED: Final[dict[str, str | None]] = {
    "max_seq_length": "max_length",
    "tokenizer": "processing_class",
    "evaluation_strategy": "eval_strategy",
    "use_liger": "use_liger_kernel",
    "max_prompt_length": None,
    "max_completion_length": None,
    "max_target_length": None,
    "rpo_alpha": None,
    "dataset_batch_size": None,
    "num_of_sequences": None,
}
"""Names of older TRL, and what they are called now; None where they are gone."""


class Device(NamedTuple):
    """Where training runs."""

    type: str
    """`cuda`, `mps` or `cpu`."""
    name: str
    bf16: bool
    """Whether it computes in bfloat16."""

    @classmethod
    def chosen(cls, config: TrainConfig) -> "Device":
        """The device that the Trainer will choose."""
        import torch

        if config.trl.get("use_cpu"):
            return cls("cpu", "CPU", False)
        if torch.cuda.is_available():
            return cls("cuda", torch.cuda.get_device_name(0), torch.cuda.is_bf16_supported())
        if torch.backends.mps.is_available():
            return cls("mps", "Apple GPU", False)
        return cls("cpu", "CPU", False)


def config_class(method: Method) -> Any:
    """TRL's configuration class of a method."""
    quieten()
    try:
        import trl
    except ImportError as error:
        raise MissingExtraError("curate train", "trl", "train") from error
    kind: Any = trl
    return {"sft": kind.SFTConfig, "dpo": kind.DPOConfig}[method]


def trl_problems(method: Method, given: dict[str, Any]) -> list[str]:
    """What is wrong with the names under `trl.`; empty where nothing is."""
    import trl

    known = {f.name for f in dataclasses.fields(config_class(method)) if f.init}
    return [
        f"trl.{name}: {problem}"
        for name in given
        if (problem := _problem(name, known, f"TRL {trl.__version__}")) is not None
    ]


def _problem(name: str, known: set[str], version: str) -> str | None:
    if name in OWNED:
        return f"curate sets this by {OWNED[name]}"
    if name in FIXED:
        return f"cannot be set: {FIXED[name]}"
    if name in known:
        return None
    if name in RENAMED:
        now = RENAMED[name]
        ours = f", which curate sets by {OWNED[now]}" if now in OWNED else ""
        return f"{version} calls this {now}{ours}" if now else f"{version} has it no longer"
    close = get_close_matches(name, sorted(known), n=1)
    hint = f" Did you mean trl.{close[0]}?" if close else ""
    return f"{version} has no argument of this name.{hint}"


def trl_arguments(config: TrainConfig, output: Path, max_length: int, device: Device) -> Any:
    """TRL's configuration; raises `RecipeError` where TRL refuses a value."""
    kind = config_class(config.method)
    known = {field.name for field in dataclasses.fields(kind)}
    # transformers 5 reads a share from warmup_steps; before, that was warmup_ratio.
    warmup = "warmup_ratio" if "warmup_ratio" in known else "warmup_steps"
    values = {**_values(config, output, max_length, device), warmup: config.warmup}
    try:
        return kind(**(values | config.trl))
    except (TypeError, ValueError) as error:
        raise RecipeError(
            "training configuration", f"TRL refuses it: {error}", "Correct it."
        ) from error


def _values(config: TrainConfig, output: Path, max_length: int, device: Device) -> dict[str, Any]:
    checkpointing = config.gradient_checkpointing
    values: dict[str, Any] = {
        "output_dir": str(output),
        "learning_rate": config.rate,
        "num_train_epochs": config.epochs,
        "max_steps": config.max_steps or -1,
        "per_device_train_batch_size": config.batch_size,
        "per_device_eval_batch_size": config.batch_size,
        "gradient_accumulation_steps": config.gradient_accumulation,
        "gradient_checkpointing": device.type != "cpu" if checkpointing is None else checkpointing,
        "max_length": max_length,
        "lr_scheduler_type": config.scheduler,
        "weight_decay": config.weight_decay,
        "max_grad_norm": config.max_grad_norm,
        "seed": config.seed,
        "data_seed": config.seed,
        "logging_steps": config.logging_steps,
        "logging_first_step": True,
        "logging_nan_inf_filter": False,
        "save_strategy": "steps",
        "save_steps": config.save_steps,
        "save_total_limit": config.keep_checkpoints,
        "eval_strategy": "no",
        "bf16": device.bf16,
        "report_to": "none",
        "disable_tqdm": True,
        "dataloader_pin_memory": device.type == "cuda",
    }
    if config.method == "dpo":
        return values | {"beta": config.beta}
    # Records arrive with labels and cut to length; TRL prepares them further only to pack them.
    return values | {
        "packing": config.packing,
        "dataset_kwargs": None if config.packing else {"skip_prepare_dataset": True},
    }
