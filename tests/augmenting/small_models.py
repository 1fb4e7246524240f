"""Word vectors, and models with random weights, made on the spot."""

from pathlib import Path
from typing import Any

MARKS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = (
    *("a", "an", "the", "this", "that", "i", "we", "you", "it", "is", "was", "are", "to", "of"),
    *("in", "on", "for", "and", "very", "really", "good", "great", "bad", "awful", "fast", "slow"),
    *("film", "movie", "story", "answer", "question", "like", "enjoy", "hate", "child", "paper"),
    *("house", "garden", "river", "morning", "small", "large", "new", "old", "boring", "lovely"),
)
LETTERS = "abcdefghijklmnopqrstuvwxyz.,!?'0123456789"
NEAR = {
    "good": (1.0, 0.1, 0.0),
    "great": (1.0, 0.15, 0.0),
    "fine": (0.9, 0.2, 0.1),
    "bad": (-1.0, 0.1, 0.0),
    "awful": (-1.0, 0.2, 0.0),
    "film": (0.0, 1.0, 0.0),
    "movie": (0.05, 1.0, 0.0),
    "story": (0.1, 0.9, 0.3),
    "fast": (0.0, 0.0, 1.0),
    "quick": (0.05, 0.0, 1.0),
}


def small_vectors(file: Path) -> Path:
    """Vectors of which good and great, film and movie, fast and quick are near each other."""
    lines = [f"{word} {' '.join(map(str, numbers))}\n" for word, numbers in NEAR.items()]
    file.write_text("".join([f"{len(NEAR)} 3\n", *lines]))
    return file


def bert_tokenizer() -> Any:
    """As that of BERT, of letters and some words."""
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertTokenizerFast

    words = [word for word in WORDS if word not in LETTERS]
    pieces = [*MARKS, *LETTERS, *(f"##{letter}" for letter in LETTERS), *words]
    inner = BertWordPieceTokenizer({piece: place for place, piece in enumerate(pieces)})
    return BertTokenizerFast(tokenizer_object=inner._tokenizer, model_max_length=64)


def bert_config(tokenizer: Any, **more: Any) -> Any:
    from transformers import BertConfig

    return BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        **more,
    )


def small_masked(folder: Path, kind: str = "bert") -> Path:
    """A masked language model that expects any word anywhere."""
    import torch
    from transformers import BertForMaskedLM, DistilBertConfig, DistilBertForMaskedLM

    tokenizer = bert_tokenizer()
    torch.manual_seed(0)
    if kind == "bert":
        model: Any = BertForMaskedLM(bert_config(tokenizer))
    else:
        model = DistilBertForMaskedLM(
            DistilBertConfig(vocab_size=len(tokenizer), dim=16, n_heads=2, n_layers=1)
        )
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def small_marian(folder: Path, languages: tuple[str, ...] = ()) -> Path:
    """A translation model that knows a few languages, and translates into nonsense."""
    import json

    import sentencepiece
    import torch
    from transformers import MarianConfig, MarianMTModel, MarianTokenizer

    folder.mkdir(parents=True)
    for side in ("source", "target"):
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter([" ".join(WORDS)] * 5),
            model_prefix=str(folder / side),
            vocab_size=80,
            minloglevel=2,
            hard_vocab_limit=False,
        )
        (folder / f"{side}.model").rename(folder / f"{side}.spm")
    pieces = [line.split("\t")[0] for line in (folder / "source.vocab").read_text().split("\n")]
    known = [*(piece for piece in pieces if piece and piece[0] != "<"), "</s>", "<unk>", "<pad>"]
    vocabulary = {piece: at for at, piece in enumerate([*known, *(f">>{x}<<" for x in languages)])}
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    files = [str(folder / name) for name in ("source.spm", "target.spm", "vocab.json")]
    maker: Any = MarianTokenizer
    tokenizer = maker(*files, source_lang="en", target_lang="es", model_max_length=32)
    torch.manual_seed(0)
    config = MarianConfig(
        vocab_size=len(vocabulary),
        d_model=16,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        max_position_embeddings=64,
        max_length=12,
        pad_token_id=vocabulary["<pad>"],
        eos_token_id=vocabulary["</s>"],
        decoder_start_token_id=vocabulary["<pad>"],
        forced_eos_token_id=vocabulary["</s>"],
    )
    MarianMTModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
