"""The configuration of a training: our own stable names, each default with its source."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

Method = Literal["sft", "dpo"]
Adapter = Literal["lora", "qlora", "none"]

LEARNING_RATES: dict[tuple[Method, bool], float] = {
    ("sft", True): 2e-4,
    ("sft", False): 2e-5,
    ("dpo", True): 5e-6,
    ("dpo", False): 1e-6,
}
"""By method and whether an adapter is trained. SFT: 2e-4 in QLoRA (Dettmers et al. 2023, 7B and
13B), 2e-5 in Stanford Alpaca (2023) and TRL's SFTConfig. DPO: 5e-6 in the Alignment Handbook's
zephyr-7b-dpo-qlora recipe, 1e-6 in Rafailov et al. 2023 (appendix B) and TRL's DPOConfig."""

MAX_LENGTH = 2048
"""Tokens of a record, where the model allows as many: LIMA (Zhou et al. 2023) trims at 2048, and
Tülu 3 (Lambert et al. 2024) trains DPO at 2048. What is cut is counted and reported."""


class TrainConfig(BaseModel):
    """How to train; every field can be set by `--set NAME=VALUE` or in the file of `--config`."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    method: Method
    """`sft`: supervised fine-tuning on conversations and documents; `dpo`: direct preference
    optimisation on preference pairs."""
    adapter: Adapter = "lora"
    """`lora`: low-rank adapters on the model as it is; `qlora`: the same on the model in 4 bits
    (NF4); `none`: all weights."""
    learning_rate: float | None = Field(default=None, gt=0)
    """The peak learning rate of AdamW. By default 2e-4 for SFT with an adapter (QLoRA paper) and
    2e-5 without (Alpaca); 5e-6 for DPO with an adapter (Alignment Handbook) and 1e-6 without
    (DPO paper)."""
    epochs: float = Field(default=1.0, gt=0)
    """How often each record is seen; one is what QLoRA and Zephyr's DPO use on large sets."""
    max_steps: int | None = Field(default=None, gt=0)
    """Stop after so many updates, whatever `epochs` says."""
    batch_size: int = Field(default=8, gt=0)
    """Records a device holds at once; transformers' own default."""
    gradient_accumulation: int = Field(default=2, gt=0)
    """Batches summed before an update: with `batch_size` 8, 16 records, as in QLoRA (table 9)."""
    max_length: int | None = Field(default=None, gt=1)
    """Tokens after which a record is cut at its end; by default 2048 (LIMA), or less where the
    model allows less."""
    warmup: float = Field(default=0.03, ge=0, lt=1)
    """The share of all steps in which the learning rate rises from 0: 0.03 in QLoRA and Alpaca."""
    scheduler: Literal["linear", "cosine", "constant", "constant_with_warmup"] = "linear"
    """How the learning rate falls after the warm-up: linear in transformers and in DPO's recipe."""
    weight_decay: float = Field(default=0.0, ge=0)
    """AdamW's weight decay: 0 in Alpaca and QLoRA."""
    max_grad_norm: float = Field(default=1.0, gt=0)
    """Gradients are scaled down to this norm; transformers' own default."""
    lora_r: int = Field(default=16, gt=0)
    """The rank of the adapters: 16 in TRL's ModelConfig, and vLLM's default limit."""
    lora_alpha: int = Field(default=32, gt=0)
    """Adapters are scaled by `lora_alpha / lora_r`: 32 in TRL's ModelConfig."""
    lora_dropout: float = Field(default=0.05, ge=0, lt=1)
    """Dropout before the adapters: 0.05 in TRL's ModelConfig and QLoRA (33B and 65B)."""
    lora_targets: str | list[str] = "all-linear"
    """Which modules get adapters: all linear layers but the head, needed to match full
    fine-tuning (QLoRA, section 4); or names of modules."""
    beta: float = Field(default=0.1, gt=0)
    """DPO: how strongly the model is held to the reference (0.1 in Rafailov et al. 2023)."""
    packing: bool = False
    """SFT: put several records into one sequence of `max_length`, without attention across."""
    gradient_checkpointing: bool | None = None
    """Save memory by computing activations twice; by default on a GPU only."""
    dtype: Literal["auto", "float32", "bfloat16"] = "auto"
    """How weights are held. By default as stored where a GPU computes in bfloat16, and float32 on a
    CPU and for `adapter: none` (small updates are lost in bfloat16)."""
    chat_template: str | None = None
    """A file with a Jinja template, `chatml` or `plain`; by default the tokenizer's own."""
    template_arguments: dict[str, Any] = {}
    """More arguments for the chat template, such as `enable_thinking`."""
    seed: int = Field(default=0, ge=0, lt=2**32)
    """Draws the adapters' first weights, the order of records and dropout."""
    logging_steps: int = Field(default=10, gt=0)
    """The loss is reported every so many updates; TRL's own default."""
    save_steps: int = Field(default=500, gt=0)
    """A checkpoint is written every so many updates, and after the last; transformers' default."""
    keep_checkpoints: int = Field(default=2, gt=0)
    """How many checkpoints are kept; older ones are deleted."""
    revision: str | None = None
    """The revision of a model on the Hub: a branch, tag or commit."""
    trl: dict[str, Any] = {}
    """Any other argument of TRL's SFTConfig or DPOConfig, as `trl.NAME`."""

    @property
    def rate(self) -> float:
        """The learning rate to use."""
        if self.learning_rate is not None:
            return self.learning_rate
        return LEARNING_RATES[self.method, self.adapter != "none"]

    def length(self, model_limit: int | None) -> int:
        """The number of tokens at which records are cut, for a model with a limit of its own."""
        wanted = self.max_length or MAX_LENGTH
        return min(wanted, model_limit) if model_limit else wanted


class Restricted(NamedTuple):
    """A setting that means nothing elsewhere."""

    field: str
    needs: str
    values: tuple[str, ...]


RESTRICTED = (
    Restricted("beta", "method", ("dpo",)),
    Restricted("packing", "method", ("sft",)),
    *(
        Restricted(f"lora_{part}", "adapter", ("lora", "qlora"))
        for part in ("r", "alpha", "dropout", "targets")
    ),
)
"""Settings that only one method or adapter reads."""


@dataclass(frozen=True)
class Request:
    """What to train, on what, and where to put it."""

    ref: str
    model: str
    config: TrainConfig
    output: Path | None = None
    """By default `runs/<run id>`."""
    resume: bool = False
