"""Dictionaries, vectors and models that augmenters and attacks need, found by their settings.

Each is a part of a pydantic class: it adds a setting, looks for what it names when settings are
read (relative to `base` of the context), and tells its hash. Nothing is fetched, and nothing is
read that could run code.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

from pydantic import (
    BaseModel,
    ConfigDict,
    PrivateAttr,
    ValidationInfo,
    field_serializer,
    model_validator,
)

from curate.augmenting.word_vectors import WordVectors, vectors_hash, word_vectors
from curate.augmenting.wordnet import WordNet, wordnet
from curate.augmenting.wordnet_files import find_wordnet
from curate.models.embedding import require
from curate.models.embedding_files import EmbeddingFiles, find_embedding
from curate.models.files import ModelFiles, user_path
from curate.models.local import find_local


class Resources(BaseModel):
    """The base of these parts."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    def files(self) -> Sequence[bytes]:
        """The hash of each, for a fingerprint."""
        return ()


class UsesWordNet(Resources):
    """One that needs WordNet."""

    wordnet: str | None = None
    """A folder with the files of WordNet or data of NLTK; by default where NLTK and Debian have
    them."""

    _place: Path = PrivateAttr()

    @model_validator(mode="after")
    def _wordnet_is_there(self, info: ValidationInfo) -> Self:
        self._place = find_wordnet(self.wordnet, _base(info))
        return self

    @field_serializer("wordnet", when_used="json")
    def _wordnet_without_path(self, _name: str | None) -> str:
        """A path is no part of what is computed: the files are."""
        return _short(self.dictionary().hash)

    def dictionary(self) -> WordNet:
        """WordNet."""
        return wordnet(self._place)

    def files(self) -> Sequence[bytes]:
        """The hash of its files, and of what else there is."""
        return [*super().files(), self.dictionary().hash.encode()]


class UsesVectors(Resources):
    """One that needs word vectors."""

    vectors: str
    """A text file of word vectors, relative to the recipe: counter-fitted ones, GloVe, word2vec or
    fastText."""

    _path: Path = PrivateAttr()
    _digest: str = PrivateAttr()

    @model_validator(mode="after")
    def _vectors_are_there(self, info: ValidationInfo) -> Self:
        self._path = _base(info) / user_path(self.vectors)
        self._digest = vectors_hash(self._path)
        return self

    @field_serializer("vectors", when_used="json")
    def _vectors_without_path(self, _name: str) -> str:
        return _short(self._digest)

    def known_vectors(self) -> WordVectors:
        """The words and their vectors."""
        return word_vectors(self._path, self._digest)

    def files(self) -> Sequence[bytes]:
        """The hash of the file, and of what else there is."""
        return [*super().files(), self._digest.encode()]


class UsesMasked(Resources):
    """One that needs a masked language model."""

    model: str
    """A masked language model: a folder, relative to the recipe, or an id in the local cache of
    the Hub, such as distilroberta-base."""

    _model: ModelFiles = PrivateAttr()

    @model_validator(mode="after")
    def _model_is_there(self, info: ValidationInfo) -> Self:
        self._model = find_local(self.model, _base(info))
        return self

    @field_serializer("model", when_used="json")
    def _model_without_path(self, _name: str) -> str:
        return _short(self._model.hash)

    def files(self) -> Sequence[bytes]:
        """The hash of the model, and of what else there is."""
        return [*super().files(), self._model.hash.encode()]


class UsesEncoder(Resources):
    """One that compares texts by an embedding model, where one is named."""

    encoder: str | None = None
    """An embedding model that changed texts are compared by (a folder, relative to the recipe), in
    place of the Universal Sentence Encoder; by default they are not compared."""

    _encoder: EmbeddingFiles | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _encoder_is_there(self, info: ValidationInfo) -> Self:
        if self.encoder is not None:
            self._encoder = find_embedding(self.encoder, _base(info))
            require(self._encoder, f"encoder {self.encoder!r}")
        return self

    @field_serializer("encoder", when_used="json")
    def _encoder_without_path(self, _name: str | None) -> str | None:
        return _short(self._encoder.files.hash) if self._encoder else None

    def files(self) -> Sequence[bytes]:
        """The hash of the model, where there is one, and of what else there is."""
        own = [self._encoder.files.hash.encode()] if self._encoder else []
        return [*super().files(), *own]


class UsesLanguageModel(Resources):
    """One that looks how likely words are to a causal language model, where one is named."""

    language_model: str | None = None
    """A causal language model (a folder, relative to the recipe, or an id in the local cache of
    the Hub), in place of the one that is fetched; by default it is not looked how likely words
    are."""

    _language_model: ModelFiles | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _language_model_is_there(self, info: ValidationInfo) -> Self:
        if self.language_model is not None:
            self._language_model = find_local(self.language_model, _base(info))
        return self

    @field_serializer("language_model", when_used="json")
    def _language_model_without_path(self, _name: str | None) -> str | None:
        return _short(self._language_model.hash) if self._language_model else None

    def files(self) -> Sequence[bytes]:
        """The hash of the model, where there is one, and of what else there is."""
        own = [self._language_model.hash.encode()] if self._language_model else []
        return [*super().files(), *own]


def _base(info: ValidationInfo) -> Path:
    base: Path = (info.context or {}).get("base", Path())
    return base


def _short(digest: str) -> str:
    return f"sha256:{digest[:16]}"
