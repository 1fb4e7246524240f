"""What `toxicity.py` measures on: texts of real lengths, and a checkpoint with random weights."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import torch

CLASSES: Final = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")


def texts(data: Path, number: int) -> list[str]:
    """Prompts and answers, drawn alike from three data sets and mixed."""
    random = np.random.default_rng(0)
    rows: list[str] = []
    for name, keys in (
        ("alpaca_random_9k.json.gz", ("instruction", "output")),
        ("dolly_3k.json.gz", ("instruction", "context", "response", "output")),
        ("t0_50k.jsonl.gz", ("prompt", "completion")),
    ):
        file = data / "sft" / name
        if not file.is_file():
            continue
        read = gzip.decompress(file.read_bytes())
        records = (
            [json.loads(line) for line in read.splitlines()]
            if "jsonl" in name
            else json.loads(read)
        )
        own = [str(row[key]) for row in records for key in keys if row.get(key)]
        rows += random.permutation(np.array(own, object))[: number // 3 + 1].tolist()
    if not rows:
        words = ["time", "order", "reset", "the", "model", "answers", "of", "people", "slowly"]
        lengths = np.exp(random.normal(3.4, 1.2, number)).astype(int) + 1
        rows = [" ".join(random.choice(words, length)) for length in lengths]
    return random.permutation(np.array(rows, object))[:number].tolist()


def make_checkpoint(folder: Path, found: Sequence[str], layers: int, dimensions: int) -> Path:
    """A checkpoint as Detoxify's training makes them, with its base beside it."""
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    inner = BertWordPieceTokenizer(lowercase=True)
    inner.train_from_iterator(found, vocab_size=30_000, show_progress=False)
    inner.save_model(str(folder))
    tokenizer = BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=512)
    tokenizer.save_pretrained(folder / "base")
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=dimensions,
        intermediate_size=dimensions * 4,
        num_hidden_layers=layers,
        num_attention_heads=dimensions // 64,
        initializer_range=0.08,
        num_labels=len(CLASSES),
    )
    model = BertForSequenceClassification(config)
    config.save_pretrained(folder / "base")
    args = {
        "model_type": str(folder / "base"),
        "model_name": "BertForSequenceClassification",
        "tokenizer_name": "BertTokenizer",
        "num_classes": len(CLASSES),
    }
    said = {"arch": {"args": args}, "dataset": {"args": {"classes": list(CLASSES)}}}
    torch.save({"config": said, "state_dict": model.state_dict()}, folder / "model.ckpt")
    return folder / "model.ckpt"
