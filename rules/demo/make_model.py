"""Make a tiny language model that has learned nothing, so that training needs no download.

    python -m curate.rules.demo.make_model FOLDER

A Llama of 2 layers and 64 dimensions with random weights, and a byte-level BPE tokenizer made of
the demonstration texts, with a ChatML template. It trains in seconds on a CPU and will never say
anything sensible: it stands for the model that you would fine-tune.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from curate.models.chat import BUILT_IN, CHATML_TOKENS

HERE: Final = Path(__file__).parent
START, END = CHATML_TOKENS
PADDING: Final = "<|endoftext|>"
VOCABULARY: Final = 2048
CONTEXT: Final = 1024
SEED: Final = 7


def texts() -> Iterator[str]:
    """Every text of the demonstration data; lines that are no JSON are left out."""
    for name in ("tickets.jsonl", "preferences.jsonl"):
        for line in (HERE / name).read_text(encoding="utf-8").splitlines():
            try:
                row = json.loads(line)
            except ValueError:
                continue
            yield from (turn["content"] for turn in row.get("messages", ()))
            yield from (row[field] for field in ("prompt", "chosen", "rejected") if field in row)


def make_tokenizer() -> Any:
    """A byte-level BPE tokenizer: any text can be written and read back."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[PADDING, START, END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts(), trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=END,
        pad_token=PADDING,
        chat_template=BUILT_IN["chatml"],
        model_input_names=["input_ids", "attention_mask"],
        model_max_length=CONTEXT,
    )


def make_model(tokenizer: Any) -> Any:
    """A Llama with random weights, the same ones on every machine."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(SEED)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=True,
        initializer_range=0.15,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return LlamaForCausalLM(config)


def main(folder: Path) -> None:
    """Write the model and its tokenizer."""
    tokenizer = make_tokenizer()
    tokenizer.save_pretrained(folder)
    make_model(tokenizer).save_pretrained(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
