"""Log-probabilities of tokens: those of the model itself, whatever its architecture and batch."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from curate.errors import InputError, RefusedError
from curate.models.batches import STEP, padded
from curate.models.files import find_model
from curate.models.losses import BLOCK, Asked, Scorer

torch = pytest.importorskip("torch")
SIZES = {
    "vocab_size": 97,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 128,
    "head_dim": 8,
}
MODELS: dict[str, dict[str, Any]] = {
    "cohere": {"logit_scale": 0.25},
    "gemma2": {"final_logit_softcapping": 2.0, "sliding_window": 8},
    "gpt2": {},
    "granite": {"logits_scaling": 4.0, "embedding_multiplier": 3.0},
    "opt": {"word_embed_proj_dim": 16, "ffn_dim": 64},
    "qwen3": {"tie_word_embeddings": True},
}
"""Architectures whose logits are made in different ways, with what makes the difference."""


def saved(folder: Path, kind: str, **more: Any) -> Path:
    from transformers import AutoConfig, AutoModelForCausalLM

    ends = {"bos_token_id": None, "eos_token_id": 0, "pad_token_id": 0}
    torch.manual_seed(0)
    config = AutoConfig.for_model(kind, **{**SIZES, **ends, **MODELS[kind], **more})
    model: Any = AutoModelForCausalLM.from_config(config)
    with torch.no_grad():
        for weights in model.parameters():
            weights.normal_(0, 0.2)
    model.save_pretrained(folder)
    return folder


def texts(count: int = 12) -> list[Asked]:
    choose = np.random.default_rng(3)
    found = []
    for length in choose.integers(4, 100, count).tolist():
        ids = choose.integers(0, 97, length).tolist()
        found.append(Asked(ids, [(1, 2), (length // 2, length)]))
    return found


def direct(folder: Path, asked: Asked) -> list[np.ndarray[Any, Any]]:
    from transformers import AutoModelForCausalLM

    model: Any = AutoModelForCausalLM.from_pretrained(folder).double().eval()
    ids = torch.tensor([asked.ids])
    with torch.no_grad():
        logs = model(input_ids=ids).logits[0].log_softmax(-1)
    return [
        np.array([float(logs[place - 1, asked.ids[place]]) for place in range(*stretch)])
        for stretch in asked.stretches
    ]


def scorer(folder: Path) -> Scorer:
    return Scorer(find_model(str(folder)), "float32")


@pytest.mark.parametrize("kind", MODELS)
def test_log_probabilities_are_the_models_own(kind: str, tmp_path: Path) -> None:
    folder = saved(tmp_path, kind)
    asked = texts()
    for each, parts in zip(asked, scorer(folder).log_probs(asked), strict=True):
        for found, expected in zip(parts, direct(folder, each), strict=True):
            assert np.abs(found - expected).max() < 1e-4


def test_a_text_has_the_same_values_beside_any_others(tmp_path: Path) -> None:
    model = scorer(saved(tmp_path, "qwen3"))
    asked = texts(40)
    together = model.log_probs(asked)
    alone = [model.log_probs([each])[0] for each in asked]
    for parts, others in zip(together, alone, strict=True):
        assert all(map(np.array_equal, parts, others))


def test_nothing_is_run_for_what_nobody_asks(tmp_path: Path) -> None:
    model = scorer(saved(tmp_path, "qwen3"))
    lengths: list[int] = []
    run = model._model.forward

    def watched(*given: Any, **named: Any) -> Any:
        lengths.append(named["input_ids"].shape[1])
        return run(*given, **named)

    model._model.forward = watched
    assert model.log_probs([Asked([1, 2], []), Asked([], [])]) == [[], []]
    assert not lengths
    model.log_probs([Asked([5] * 100, [(1, 10)])])
    assert lengths == [padded(10, 128)] == [STEP]


def test_logits_are_made_of_tokens_that_are_asked_for_alone(tmp_path: Path) -> None:
    """A vocabulary of 150,000 would fill the memory with those of a whole batch."""
    model = scorer(saved(tmp_path, "qwen3"))
    shapes: list[tuple[int, ...]] = []
    model._head.register_forward_hook(lambda _, given, made: shapes.append(tuple(made.shape)))
    model.log_probs([Asked([5] * 100, [(90, 100)])] * 30)
    rows = model.tokens_at_once // padded(100, 128)
    assert set(shapes) == {(rows, 1, 97), (BLOCK[model.device], 97)}


def test_want_of_memory_halves_the_batches_and_loses_nothing(tmp_path: Path) -> None:
    folder = saved(tmp_path, "qwen3")
    asked = texts(30)
    expected = scorer(folder).log_probs(asked)
    model = scorer(folder)
    most = model.tokens_at_once // 4
    run = model.states

    def small(ids: Any) -> Any:
        if ids.numel() > most:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return run(ids)

    # No GPU is needed to run out of its memory: the real run fails from a size on, as one would.
    model.states = small  # type: ignore[method-assign]
    for parts, others in zip(model.log_probs(asked), expected, strict=True):
        assert all(np.abs(a - b).max() < 1e-5 for a, b in zip(parts, others, strict=True))
    assert model.tokens_at_once <= most
    model.states = lambda ids: small(ids.repeat(9, 9))  # type: ignore[method-assign]
    with pytest.raises(InputError, match="no room for a text of"):
        model.log_probs([Asked([5] * 100, [(1, 100)])])


def test_a_model_whose_logits_are_made_otherwise_is_refused(tmp_path: Path) -> None:
    saved(tmp_path, "granite")
    files = find_model(str(tmp_path))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("curate.models.causal._after_head", lambda config: (1.0, None))
        with pytest.raises(RefusedError, match="not those of its output layer"):
            Scorer(files, "float32")
    assert Scorer(files, "bfloat16").dtype == "bfloat16"


def test_a_model_that_gives_no_numbers_stops_with_one_error(tmp_path: Path) -> None:
    model = scorer(saved(tmp_path, "gpt2"))
    with torch.no_grad():
        next(iter(model._model.parameters())).fill_(float("nan"))
    with pytest.raises(InputError, match="no finite numbers as float32"):
        model.log_probs([Asked([1, 2, 3], [(1, 3)])])
