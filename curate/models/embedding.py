"""Texts as vectors, by static models (model2vec) and sentence-transformers.

A vector is normalised to length 1 (L2) and kept in fixed point: whole numbers of 1 / 16,384, which
is a little better than four decimal digits. So cosines of what is kept can be computed exactly, the
same on every machine, and differ from those of the model's own vectors by less than 0.0001.

What a text's vector is does not depend on the texts beside it. A static model looks at each alone.
A transformer always computes batches of one shape (`models.batches`), filled up with short texts;
in batches of other shapes about one vector in fifteen differs by one unit in one number, as
measured with all-MiniLM-L6-v2. Another device or release may do so still, which changes a cosine by
about 0.00001; so vectors are kept, and the device is told.
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from curate.errors import CurateError, InputError, MissingExtraError, RefusedError
from curate.models.batches import ROWS, batches
from curate.models.embedding_files import EmbeddingFiles
from curate.progress import Progress, Silent

UNIT: Final = 1 << 14
"""The number 1 in fixed point."""

AT_ONCE: Final = 1024
"""Texts between two reports of progress: all their tokens are held in memory."""

Vectors = npt.NDArray[np.int16]
"""In fixed point, [texts, dimensions]; a row of zeros has no direction."""


class Encoder(Protocol):
    """Makes vectors of texts, not normalised, float32 [texts, dimensions]."""

    device: str

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """The vectors, row for row."""


def require(model: EmbeddingFiles, where: str) -> None:
    """Raise `MissingExtraError` where the package is missing that loads a model."""
    package, extra = _PACKAGES[model.kind]
    if find_spec(package) is None:
        raise MissingExtraError(where, package.replace("_", "-"), extra)


_PACKAGES: Final = {
    "static": ("model2vec", "embedding"),
    "sentence-transformers": ("sentence_transformers", "sentence-transformers"),
}


def embed(
    model: EmbeddingFiles, texts: Sequence[str], max_tokens: int, progress: Progress | None = None
) -> Vectors:
    """The vectors of texts; what follows the first `max_tokens` tokens of one is not looked at.

    Equal texts are embedded once. Raises `InputError` where the model cannot be loaded.
    """
    encoder = loaded(model, max_tokens)
    listener = progress or Silent()
    places: dict[str, int] = {}
    rows = [places.setdefault(text, len(places)) for text in texts]
    distinct = list(places)
    found: list[Vectors] = []
    for start in range(0, len(distinct), AT_ONCE):
        some = distinct[start : start + AT_ONCE]
        found.append(fixed_point(encoder.encode(some)))
        listener.advance(len(some))
    if not found:
        return np.zeros((0, 0), np.int16)
    return np.concatenate(found).take(rows, axis=0)


def fixed_point(vectors: npt.NDArray[np.float32]) -> Vectors:
    """Normalise vectors, and round them to whole numbers of 1 / 16,384.

    >>> fixed_point(np.array([[3, 4], [0, 0]], np.float32)).tolist()
    [[9830, 13107], [0, 0]]
    """
    exact = vectors.astype(np.float64)
    lengths = np.sqrt(np.einsum("ij,ij->i", exact, exact))[:, None]
    directions = np.divide(exact, lengths, out=np.zeros_like(exact), where=lengths > 0)
    return np.asarray(np.rint(directions * UNIT), np.int16)


@lru_cache(maxsize=2)
def loaded(model: EmbeddingFiles, max_tokens: int) -> Encoder:
    """A model ready to embed; raises `InputError` where its files are damaged."""
    require(model, f"embedding model {model.files.name!r}")
    try:
        maker = _Static if model.kind == "static" else _Transformer
        return maker(model, max_tokens)
    except CurateError:
        raise
    except Exception as error:  # What tokenizers raises for a damaged file has no type of its own.
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise InputError(
            f"embedding model {model.files.name!r}",
            f"cannot be loaded: {first}",
            "Fetch it again, or use another.",
        ) from error


class _Static:
    """A table of token vectors, of which a text has the mean."""

    device = "cpu"

    def __init__(self, model: EmbeddingFiles, max_tokens: int) -> None:
        from model2vec import StaticModel

        self._model: Any = StaticModel.from_pretrained(model.files.folder, force_download=False)
        self._most = max_tokens

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        made = self._model.encode(list(texts), max_length=self._most, use_multiprocessing=False)
        return np.asarray(made, np.float32)


class _Transformer:
    """A model of sentence-transformers, in float32."""

    def __init__(self, model: EmbeddingFiles, max_tokens: int) -> None:
        import torch
        from sentence_transformers import SentenceTransformer

        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self._model: Any = SentenceTransformer(
            str(model.files.folder),
            device=self.device,
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={"use_safetensors": True, "dtype": torch.float32},
        )
        self._model.eval()
        self._most = min(max_tokens, self._model.max_seq_length or max_tokens)
        self._prompt = self._model.prompts.get(self._model.default_prompt_name) or ""
        if self._prompt and not all(getattr(m, "include_prompt", True) for m in self._model):
            raise RefusedError(
                f"embedding model {model.files.name!r}",
                "it leaves its prompt out of the vector, which curate does not do",
                "Use a model without a default prompt.",
            )

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        import torch

        tokenizer = self._model.tokenizer
        asked = [self._prompt + text for text in texts]
        ids = tokenizer(asked, truncation=True, max_length=self._most)["input_ids"]
        made: dict[int, npt.NDArray[np.float32]] = {}
        for tokens, rows in batches([len(each) for each in ids], self._most):
            some = [asked[row] for row in rows] + [""] * (ROWS - len(rows))
            given = tokenizer(
                some, truncation=True, padding="max_length", max_length=tokens, return_tensors="pt"
            )
            with torch.inference_mode():
                out = self._model({name: part.to(self.device) for name, part in given.items()})
            vectors = out["sentence_embedding"].float().cpu().numpy()
            made.update(zip(rows, vectors, strict=False))
        return np.stack([made[row] for row in range(len(texts))])
