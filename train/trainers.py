"""The model and TRL's trainer for a configuration."""

from pathlib import Path
from typing import Any

from curate.errors import MissingExtraError, RefusedError
from curate.models.files import ModelFiles
from curate.models.loading import Dtype, load_model

from .config import TrainConfig
from .feed import Feed
from .trl_arguments import Device


def weights_dtype(config: TrainConfig, device: Device) -> Dtype:
    """How the weights are held: see `TrainConfig.dtype`."""
    if config.dtype != "auto":
        return config.dtype
    return "auto" if device.bf16 and config.adapter != "none" else "float32"


def load(config: TrainConfig, model: ModelFiles, device: Device) -> Any:
    """Load the model to train; in 4 bits for `qlora`."""
    return load_model(model, weights_dtype(config, device), quantization(config, device))


def quantization(config: TrainConfig, device: Device) -> Any:
    """NF4 with doubly quantised constants (Dettmers et al. 2023), for `qlora` only."""
    if config.adapter != "qlora":
        return None
    try:
        import bitsandbytes
        import torch
        import transformers
    except ImportError as error:
        raise MissingExtraError("--adapter qlora", "bitsandbytes", "train") from error
    del bitsandbytes
    library: Any = transformers
    return library.BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16 if device.bf16 else torch.float32,
    )


def adapter_config(config: TrainConfig) -> Any:
    """PEFT's configuration of the adapters, or None where all weights are trained."""
    if config.adapter == "none":
        return None
    from peft import LoraConfig

    return LoraConfig(
        r=config.lora_r,
        lora_alpha=config.lora_alpha,
        lora_dropout=config.lora_dropout,
        target_modules=config.lora_targets,
        task_type="CAUSAL_LM",
    )


def make_trainer(
    config: TrainConfig,
    arguments: Any,
    model: Any,
    reference: Any,
    tokenizer: Any,
    feed: Feed,
    evaluation: Feed | None,
    callback: Any,
) -> Any:
    """TRL's trainer; `reference` is the model DPO is held to, or None where it is the base."""
    import trl
    from transformers.trainer_callback import PrinterCallback

    library: Any = trl
    kind = library.DPOTrainer if config.method == "dpo" else library.SFTTrainer

    more = {"ref_model": reference} if config.method == "dpo" else {}
    try:
        trainer = kind(
            model=model,
            args=arguments,
            train_dataset=feed.dataset,
            eval_dataset=evaluation.dataset if evaluation else None,
            processing_class=tokenizer,
            peft_config=adapter_config(config),
            callbacks=[callback],
            **more,
        )
    except ValueError as error:
        raise RefusedError(
            "TRL", str(error).splitlines()[0], "Change the setting it names."
        ) from error
    trainer.remove_callback(PrinterCallback)
    return trainer


def prepare_base(
    model: ModelFiles, output: Path, config: TrainConfig, device: Device
) -> ModelFiles:
    """The model to train on: an adapter is merged into its base, kept as `base/` in the output.

    An adapter trained on a merged model fits no other, so the merged model is part of the result.
    """
    if model.base is None or config.adapter == "none":
        return model
    from curate.models.files import find_model
    from curate.models.loading import load_tokenizer

    folder = output / "base"
    if not (folder / "config.json").is_file():
        draft = output / "base.part"
        merged = load_model(model, weights_dtype(config, device))
        merged.save_pretrained(draft)
        load_tokenizer(model).save_pretrained(draft)
        draft.replace(folder)
    return find_model(str(folder))
