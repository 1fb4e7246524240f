from pathlib import Path

import pytest

from tests.augmenting.made import small_files, small_models


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small files that settings name."""
    return small_files(tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small models that settings name."""
    pytest.importorskip("transformers", reason="needs the extra `train`")
    pytest.importorskip("sentencepiece", reason="needs the extra `toxicity`")
    return small_models(tmp_path_factory.mktemp("models"))
