"""A static embedding model made on the spot: random vectors for the words of a small vocabulary."""

from pathlib import Path

import numpy as np

WORDS = tuple(f"word{number}" for number in range(400))


def make_static(folder: Path, dimensions: int = 48, seed: int = 5) -> Path:
    """Save a model of model2vec that knows `WORDS`; "near0" means almost what "word0" means."""
    from model2vec import StaticModel
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import WhitespaceSplit

    near = [f"near{number}" for number in range(len(WORDS))]
    vocabulary = ["[UNK]", *WORDS, *near]
    random = np.random.default_rng(seed)
    own = random.standard_normal((len(WORDS), dimensions))
    beside = own + 0.2 * random.standard_normal(own.shape)
    vectors = np.concatenate([np.zeros((1, dimensions)), own, beside]).astype(np.float32)
    inner = WordLevel({word: place for place, word in enumerate(vocabulary)}, unk_token="[UNK]")
    tokenizer = Tokenizer(inner)
    tokenizer.pre_tokenizer = WhitespaceSplit()
    StaticModel(vectors, tokenizer, config={}).save_pretrained(folder)
    return folder


def make_sentence_transformer(folder: Path) -> Path:
    """Save a tiny model of sentence-transformers with random weights: BERT and mean pooling."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    inner = folder / "inner"
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    inner.mkdir(parents=True)
    (inner / "vocab.txt").write_text("\n".join(vocabulary))
    BertTokenizerFast(vocab_file=str(inner / "vocab.txt")).save_pretrained(inner)
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = BertConfig(vocab_size=len(vocabulary), intermediate_size=64, **sizes)
    BertModel(config).save_pretrained(inner)
    body = Transformer(str(inner), max_seq_length=64)
    whole = SentenceTransformer(modules=[body, Pooling(body.get_embedding_dimension())])
    whole.save(str(folder / "model"), create_model_card=False)
    return folder / "model"
