"""What tests of attacks share: resources and classifiers made once."""

import socket
from pathlib import Path
from typing import Any

import pytest

from tests.attacks.victims import classifier_file, small_language_model
from tests.augmenting.small_models import small_masked, small_vectors
from tests.augmenting.small_wordnet import small_wordnet


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A WordNet, vectors, models and a classifier that are small."""
    made: Path = tmp_path_factory.mktemp("resources")
    small_wordnet(made / "wordnet")
    small_vectors(made / "vectors.txt")
    small_masked(made / "masked")
    small_language_model(made / "causal")
    classifier_file(made / "opinion.classifier")
    return made


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks the network fails."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
