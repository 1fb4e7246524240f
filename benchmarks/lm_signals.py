"""Tokens a second that a language model scores: batches by length beside two plain loops.

    python benchmarks/lm_signals.py [--data ../shared/data] [--records 1000] [--vocabulary 32000]

A random Llama of 4 layers and 256 dimensions is made on the spot, with a tokenizer trained on the
texts; prompts and completions are those of T0, of which the completions are scored. `one` runs a
text at a time, `padded` eight in the order of the file, with a mask, both as tutorials do: logits
of all tokens. All three must give the same losses. Time is that of the processor (user and system,
best of some rounds, in turns), on a GPU that of the clock; tokens are those of the texts, without
padding.
"""

import argparse
import gzip
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from semantic_peer import seconds

from curate.models.files import find_model
from curate.models.likelihood import RECORDS_AT_ONCE
from curate.models.losses import Asked, Scorer

HERE = Path(__file__).parent
ROUNDS: Final = 3
MOST: Final = 1024
"""Tokens of a text."""
TOGETHER: Final = 8

Losses = list[float]


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=HERE.parent.parent / "shared" / "data")
    parser.add_argument("--records", type=int, default=1000)
    parser.add_argument("--vocabulary", type=int, default=32_000)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--dimensions", type=int, default=256)
    parser.add_argument("--dtype", choices=("float32", "bfloat16"), default="float32")
    given = parser.parse_args()
    asked = texts(given.data, given.records, given.vocabulary)
    with tempfile.TemporaryDirectory() as folder:
        make_model(Path(folder), given)
        scorer = Scorer(find_model(folder), given.dtype)
    lengths = np.array([len(each.ids) for each in asked])
    tokens, scored = int(lengths.sum()), sum(e - s for each in asked for s, e in each.stretches)
    spread = "/".join(f"{q:.0f}" for q in np.quantile(lengths, [0.1, 0.5, 0.9]))
    print(f"{len(asked):,} texts, {tokens:,} tokens (10/50/90 %: {spread}), {scored:,} scored")
    print(f"{scorer.device}, {given.dtype}, {torch.get_num_threads()} threads")
    ways: dict[str, Callable[[Scorer, Sequence[Asked]], Losses]] = {
        "by length": by_length,
        "one": one_by_one,
        "padded": padded_in_order,
    }
    best = dict.fromkeys(ways, float("inf"))
    found: dict[str, Losses] = {}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            before = clock(scorer.device)
            found[name] = way(scorer, asked)
            best[name] = min(best[name], clock(scorer.device) - before)
    for name, took in best.items():
        apart = float(np.abs(np.array(found[name]) - np.array(found["one"])).max())
        ratio = took / best["by length"]
        print(f"{name:10} {tokens / took:10,.0f} tokens/s  x{ratio:.2f}  losses apart {apart:.1e}")


def clock(device: str) -> float:
    """Seconds of the processor, or of the clock where the work is elsewhere."""
    if device == "cpu":
        return seconds()
    torch.cuda.synchronize()
    return time.perf_counter()


def texts(data: Path, records: int, vocabulary: int) -> list[Asked]:
    """Prompts with completions as tokens, drawn alike from the file."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    with gzip.open(data / "sft" / "t0_50k.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    drawn = np.random.default_rng(0).permutation(len(rows))[:records].tolist()
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=min(8000, vocabulary), initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator([rows[place]["prompt"] for place in drawn], trainer)
    asked = []
    for place in drawn:
        prompt = tokenizer.encode(f"{rows[place]['prompt']}\n\n").ids
        ids = [*prompt, *tokenizer.encode(rows[place]["completion"]).ids][:MOST]
        if len(ids) > len(prompt):
            asked.append(Asked(ids, [(len(prompt), len(ids))]))
    return asked


def make_model(folder: Path, given: argparse.Namespace) -> None:
    """A Llama with random weights."""
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=given.vocabulary,
        hidden_size=given.dimensions,
        intermediate_size=given.dimensions * 4,
        num_hidden_layers=given.layers,
        num_attention_heads=given.dimensions // 64,
        num_key_value_heads=given.dimensions // 64,
        max_position_embeddings=MOST,
    )
    LlamaForCausalLM(config).save_pretrained(folder)


def by_length(scorer: Scorer, asked: Sequence[Asked]) -> Losses:
    """As a build does: so many records at once, in batches of one length."""
    found: Losses = []
    part = RECORDS_AT_ONCE[scorer.device]
    for start in range(0, len(asked), part):
        made = scorer.log_probs(asked[start : start + part])
        found += [-float(values[0].mean()) for values in made]
    return found


def one_by_one(scorer: Scorer, asked: Sequence[Asked]) -> Losses:
    """A text at a time."""
    return [_plain(scorer, [each])[0] for each in asked]


def padded_in_order(scorer: Scorer, asked: Sequence[Asked]) -> Losses:
    """Eight texts at a time, padded to the longest of them."""
    parts = range(0, len(asked), TOGETHER)
    return [loss for start in parts for loss in _plain(scorer, asked[start : start + TOGETHER])]


def _plain(scorer: Scorer, asked: Sequence[Asked]) -> Losses:
    longest = max(len(each.ids) for each in asked)
    ids = torch.zeros((len(asked), longest), dtype=torch.int64)
    labels = torch.full_like(ids, -100)
    mask = torch.zeros_like(ids)
    for row, each in enumerate(asked):
        ids[row, : len(each.ids)] = torch.tensor(each.ids)
        mask[row, : len(each.ids)] = 1
        start, end = each.stretches[0]
        labels[row, start:end] = ids[row, start:end]
    model: Any = scorer._model
    on = {"input_ids": ids.to(scorer.device), "attention_mask": mask.to(scorer.device)}
    with torch.inference_mode():
        logits = model(**on).logits[:, :-1].float()
        wanted = labels[:, 1:].to(scorer.device)
        flat = logits.reshape(-1, logits.shape[-1]), wanted.reshape(-1)
        losses = torch.nn.functional.cross_entropy(*flat, reduction="none").view(wanted.shape)
        means = losses.sum(1) / (wanted != -100).sum(1)
    return [float(each) for each in means.cpu()]


if __name__ == "__main__":
    main()
