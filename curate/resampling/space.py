"""The space in which samplers see records: TF-IDF of their words, or embeddings."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import pyarrow as pa

from curate.fields import TURN_SEPARATOR, field_texts
from curate.selection import Gathered

Space = Literal["tfidf", "embedding"]


def texts_of(gathered: Gathered, hashes: pa.Array, fields: Sequence[str]) -> list[str]:
    """What each content says in some fields, as one text."""
    found: dict[bytes, str] = {}
    for batch in gathered.contents(hashes):
        found.update(_read(batch, fields))
    return [found[each] for each in hashes.to_pylist()]


def _read(batch: pa.RecordBatch, fields: Sequence[str]) -> Iterator[tuple[bytes, str]]:
    columns = [field_texts(batch, field).to_pylist() for field in fields]
    hashes = batch.column("hash").to_pylist()
    for key, *parts in zip(hashes, *columns, strict=True):
        yield key, TURN_SEPARATOR.join(part for part in parts if part)


def tfidf(texts: Sequence[str]) -> Any:
    """Words and pairs of words by TF-IDF, sublinear, rows of length 1 (sparse, texts x terms).

    As scikit-learn's `TfidfVectorizer` makes it; a text without words is a row of zeros.
    """
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfVectorizer

    try:
        return TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2)).fit_transform(texts)
    except ValueError:  # no text has a word
        return csr_matrix((len(texts), 1))
