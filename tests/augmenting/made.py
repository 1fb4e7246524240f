"""Settings with which each augmenter is tried, and the files and models that they name."""

from pathlib import Path
from typing import Any

import numpy as np

from tests.augmenting.small_models import NEAR, WORDS, bert_tokenizer, small_marian, small_masked
from tests.augmenting.small_wordnet import small_wordnet

SETTINGS: list[tuple[str, dict[str, Any]]] = [
    ("KeyboardAug", {}),
    ("KeyboardAug", {"spacing": "nlpaug", "lang": "de"}),
    ("OcrAug", {}),
    ("OcrAug", {"dict_of_path": "ocr.json"}),
    ("KeyboardAug", {"model_path": "keys.json"}),
    ("SpellingAug", {"dict_path": "spelling.txt", "aug_p": 1.0}),
    *(
        ("RandomCharAug", {"action": action, "aug_char_p": 1.0, "min_char": 0})
        for action in ("insert", "substitute", "swap", "delete")
    ),
    *(
        ("RandomWordAug", {"action": action, "aug_p": 0.9, "aug_max": None})
        for action in ("substitute", "swap", "delete", "crop")
    ),
    ("RandomSentAug", {}),
    ("RandomSentAug", {"mode": "random"}),
    ("ReservedAug", {"reserved_tokens": [["the", "a"], ["x y", "C++ (a)", "see"]]}),
    ("SpellingAug", {"aug_p": 1.0}),
    ("SpellingAug", {"spacing": "nlpaug"}),
    ("SplitAug", {"min_char": 3, "aug_p": 1.0}),
    ("SynonymAug", {"model_path": "wn", "aug_p": 1.0}),
    ("SynonymAug", {"aug_src": "ppdb", "model_path": "ppdb.txt", "aug_p": 1.0}),
    ("AntonymAug", {"model_path": "wn", "aug_p": 1.0}),
    ("TfIdfAug", {"model_path": "statistics"}),
    ("TfIdfAug", {"model_path": "statistics", "action": "insert"}),
    ("WordEmbsAug", {"model_type": "glove", "model_path": "glove.txt", "top_k": 2}),
    ("WordEmbsAug", {"model_type": "fasttext", "model_path": "near.vec", "action": "insert"}),
    ("WordEmbsAug", {"model_type": "word2vec", "model_path": "near.bin", "aug_p": 1.0}),
]
"""Of those whose files are small."""

MODELS: list[tuple[str, dict[str, Any]]] = [
    ("ContextualWordEmbsAug", {"model_path": "masked", "aug_max": 2}),
    ("ContextualWordEmbsAug", {"model_path": "masked", "action": "insert", "aug_max": 2}),
    ("ContextualWordEmbsAug", {"model_path": "roberta", "aug_max": 2, "top_k": 5}),
    ("ContextualWordEmbsForSentenceAug", {"model_path": "causal"}),
    ("BackTranslationAug", {"from_model_name": "there", "to_model_name": "back",
                            "max_length": 12}),
    ("AbstSummAug", {"model_path": "summary", "min_length": 2, "max_length": 8}),
]  # fmt: skip
"""Of those that need models."""


def small_files(folder: Path) -> Path:
    """Make the files that `SETTINGS` name."""
    small_wordnet(folder / "wn")
    vectors = {**NEAR, "the": (0.3, 0.3, 0.3), "a_b": (0.2, 0.4, 0.1)}
    lines = [f"{word} {' '.join(map(str, numbers))}\n" for word, numbers in vectors.items()]
    (folder / "glove.txt").write_text("".join(lines))
    (folder / "near.vec").write_text("".join([f"{len(vectors)} 3\n", *lines]))
    packed = [f"{len(vectors)} 3\n".encode()]
    for word, numbers in vectors.items():
        packed += [f"{word} ".encode(), np.array(numbers, "<f4").tobytes(), b"\n"]
    (folder / "near.bin").write_bytes(b"".join(packed))
    (folder / "ppdb.txt").write_text(
        "[NN] ||| water ||| fluid ||| PPDB2.0Score=5 ||| 0-0 ||| Equivalence\n"
        "[JJ] ||| long ||| lengthy ||| PPDB2.0Score=4 ||| 0-0 ||| Equivalence\n"
        "[NP] ||| the people ||| persons ||| PPDB2.0Score=4 ||| 0-0 ||| Equivalence\n"
    )
    (folder / "ocr.json").write_text('{"e": ["c", "o"], "a": ["e"]}')
    (folder / "keys.json").write_text('{"e": ["w", "r"], "a": "qs"}')
    (folder / "spelling.txt").write_text("good gud god\nbecause becuase\nmovie film\n")
    small_statistics(folder / "statistics")
    return folder


def small_statistics(folder: Path) -> Path:
    """What nlpaug's TfIdf writes of some texts."""
    folder.mkdir()
    idf = {"the": 0.1, "The": 0.3, "good": 1.5, "film": 1.2, "is": 0.2, "water": 2.0, "and": 0.2}
    scores = [0.3, 0.2, 0.05, 0.1, 0.2, 0.0, 0.15]
    for name, numbers in (("w2idf", idf.values()), ("w2tfidf", scores)):
        lines = [f"{word} {number}\n" for word, number in zip(idf, numbers, strict=True)]
        (folder / f"tfidfaug_{name}.txt").write_text("".join(lines))
    return folder


def small_models(folder: Path) -> Path:
    """Make the models that `MODELS` name."""
    small_masked(folder / "masked")
    small_causal(folder / "causal")
    small_marian(folder / "there")
    small_marian(folder / "back")
    small_summary(folder / "summary")
    small_roberta(folder / "roberta")
    return folder


def small_causal(folder: Path) -> Path:
    """A causal language model that goes on with any word, and often with a full stop."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    tokenizer = bert_tokenizer()
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=len(tokenizer), n_positions=64, n_embd=16, n_layer=1, n_head=2,
        bos_token_id=0, eos_token_id=0,
    )  # fmt: skip
    GPT2LMHeadModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def small_summary(folder: Path) -> Path:
    """A model that writes words and many full stops."""
    import torch
    from transformers import BartConfig, BartForConditionalGeneration

    tokenizer = bert_tokenizer()
    torch.manual_seed(0)
    config = BartConfig(
        vocab_size=len(tokenizer), d_model=16, encoder_layers=1, decoder_layers=1,
        encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=32,
        decoder_ffn_dim=32, max_position_embeddings=64, pad_token_id=0, bos_token_id=2,
        eos_token_id=3, decoder_start_token_id=2, forced_eos_token_id=3,
    )  # fmt: skip
    model: Any = BartForConditionalGeneration(config)
    model.final_logits_bias[0, tokenizer.convert_tokens_to_ids(".")] = 5.0
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def small_roberta(folder: Path) -> Path:
    """A masked language model whose tokens tell by a sign in front that they begin a word."""
    import torch
    from tokenizers import ByteLevelBPETokenizer
    from transformers import RobertaConfig, RobertaForMaskedLM, RobertaTokenizerFast

    marks = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trained = ByteLevelBPETokenizer()
    corpus = [" ".join(WORDS)] * 20
    trained.train_from_iterator(corpus, vocab_size=600, min_frequency=2, special_tokens=marks)
    folder.mkdir()
    trained.save_model(str(folder))
    names = [str(folder / name) for name in ("vocab.json", "merges.txt")]
    tokenizer: Any = RobertaTokenizerFast(*names, model_max_length=64)
    torch.manual_seed(0)
    config = RobertaConfig(
        vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=66, pad_token_id=1,
    )  # fmt: skip
    RobertaForMaskedLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
