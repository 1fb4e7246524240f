"""A model small enough to train in a test, made on the spot."""

from pathlib import Path
from typing import Any

from curate.models.chat import BUILT_IN

SENTENCES = [
    "How do I reset my password? Open Settings and choose Reset password.",
    "Where is my order? It was sent on Monday and arrives tomorrow.",
    "Can you cancel my plan? Yes: the plan ends with this month.",
    "user assistant system tool content",
]


def make_tokenizer() -> Any:
    """A byte-level BPE tokenizer with ChatML tokens."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    inner = Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    inner.train_from_iterator(SENTENCES, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        chat_template=BUILT_IN["chatml"],
        model_max_length=512,
    )


def make_model(folder: Path, seed: int = 0) -> Path:
    """A Llama of two layers with its tokenizer, saved in a folder."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = make_tokenizer()
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        # bitsandbytes quantises 64 numbers at a time: on some processors it cannot take fewer.
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=256,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
