"""Classifiers of toxicity small enough for a test, made on the spot."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from curate.operators import load

CLASSES = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")
"""As the data set of Detoxify's `original` has them."""
SIGNALS = ("toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_attack")
RUDE = ["you are an idiot", "what an idiot", "shut up idiot", "idiot", "an idiot like you"]
KIND = ["you are a friend", "I will not say that", "what a day", "shut the door", "see you soon"]
LIMIT = 48
"""Tokens that the tokenizer, and so Detoxify, looks at."""


def make_base(folder: Path, kind: str = "bert", seed: int = 0, spread: float = 0.3) -> Any:
    """A BERT or RoBERTa of two layers that classifies; tokenizer and configuration are saved.

    Its weights are so large that the values of texts are far apart.
    """
    import torch
    import transformers

    tokenizer = _tokenizer()
    tokenizer.save_pretrained(folder)
    torch.manual_seed(seed)
    name = {"bert": "Bert", "roberta": "Roberta"}[kind]
    config = getattr(transformers, f"{name}Config")(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=64,
        pad_token_id=tokenizer.pad_token_id,
        initializer_range=spread,
        num_labels=len(CLASSES),
    )
    model = getattr(transformers, f"{name}ForSequenceClassification")(config).eval()
    model.config.save_pretrained(folder)
    return model


def make_checkpoint(
    file: Path, kind: str = "bert", classes: Sequence[str] = CLASSES, seed: int = 0
) -> Path:
    """A checkpoint as Detoxify's training makes them, whose base lies beside it; its path."""
    import torch

    base = file.parent / f"{kind}-base"
    model = make_base(base, kind, seed)
    args = {
        "model_type": str(base),
        "model_name": type(model).__name__,
        "tokenizer_name": "BertTokenizer",
        "num_classes": len(CLASSES),
    }
    config = {"arch": {"args": args}, "dataset": {"args": {"classes": list(classes)}}}
    torch.save({"config": config, "state_dict": model.state_dict()}, file)
    return file


def make_folder(folder: Path, labels: Sequence[str] = CLASSES, **more: Any) -> Path:
    """A folder as transformers saves it."""
    model = make_base(folder)
    model.config.id2label = dict(enumerate(labels))
    model.config.label2id = {label: place for place, label in enumerate(labels)}
    for key, value in more.items():
        setattr(model.config, key, value)
    model.save_pretrained(folder)
    return folder


def teach(folder: Path) -> Path:
    """A folder with a classifier that finds `RUDE` toxic, and `KIND` not."""
    import torch

    model = make_base(folder, spread=0.05)
    tokenizer = _tokenizer()
    given = tokenizer([*RUDE, *KIND], padding=True, return_tensors="pt")
    wanted = torch.zeros(len(RUDE) + len(KIND), len(CLASSES))
    wanted[: len(RUDE)] = 1
    adam = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(60):
        logits = model(**given).logits
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, wanted)
        loss.backward()
        adam.step()
        adam.zero_grad()
    assert loss.item() < 0.01
    model.config.id2label = dict(enumerate(CLASSES))
    model.config.problem_type = "multi_label_classification"
    model.save_pretrained(folder)
    return folder


def made(model: Path | str, **settings: Any) -> Any:
    return load()["toxicity"].model_validate({"model": str(model), **settings})


def scored(model: Path | str, texts: Sequence[str], **settings: Any) -> list[dict[str, Any]]:
    """The values of each text."""
    import pyarrow as pa

    columns = made(model, **settings).measure(pa.array(texts, pa.string()))
    rows: list[dict[str, Any]] = pa.table(dict(columns)).to_pylist()
    return rows


def _tokenizer() -> Any:
    """As that of BERT, of letters and the words of `RUDE` and `KIND`."""
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertTokenizerFast

    letters = "abcdefghijklmnopqrstuvwxyz.,!?'0123456789"
    words = sorted({word for text in (*RUDE, *KIND) for word in text.lower().split()} - {*letters})
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    pieces = [*marks, *letters, *(f"##{letter}" for letter in letters), *words]
    inner = BertWordPieceTokenizer({piece: place for place, piece in enumerate(pieces)})
    return BertTokenizerFast(tokenizer_object=inner._tokenizer, model_max_length=LIMIT)
