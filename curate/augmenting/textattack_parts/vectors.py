"""Word vectors from a file of the user, where TextAttack fetches counter-fitted ones."""

from typing import Any

import numpy as np
from textattack.shared import WordEmbedding

from curate.augmenting.word_vectors import WordVectors


class FileVectors(WordEmbedding):
    """Vectors of which the nearest are found exactly, ties by the order of the file."""

    def __init__(self, vectors: WordVectors) -> None:
        places = {word: at for at, word in enumerate(vectors.words)}
        super().__init__(vectors.matrix, places, dict(enumerate(vectors.words)))
        self._squares = np.einsum("ij,ij->i", vectors.matrix, vectors.matrix)

    def nearest_neighbours(self, index: Any, topn: int) -> list[int]:
        """The places of the words nearest to a word or its place, itself left out."""
        at = self._word2index[index] if isinstance(index, str) else int(index)
        if (at, topn) not in self._nn_cache:
            apart = self._squares - 2 * (self.embedding_matrix @ self.embedding_matrix[at])
            apart[at] = np.inf
            few = np.argpartition(apart, min(topn, len(apart) - 1))[:topn]
            ordered = few[np.lexsort((few, apart[few]))]
            self._nn_cache[at, topn] = [int(one) for one in ordered if one != at]
        return list(self._nn_cache[at, topn])
