"""What tests of names share."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.pii.name_models import make_gliner, make_spacy, make_transformers

MAKERS = {
    "spacy": (make_spacy, "spacy"),
    "transformers": (make_transformers, "torch"),
    "gliner": (make_gliner, "gliner"),
}
NameFolder = Callable[[str], Path]


@pytest.fixture(scope="session")
def name_model(tmp_path_factory: pytest.TempPathFactory) -> NameFolder:
    """The folder of a model of each kind, which is made when it is first asked for."""
    made: dict[str, Path] = {}

    def model(kind: str) -> Path:
        maker, package = MAKERS[kind]
        if find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
        if kind not in made:
            made[kind] = maker(tmp_path_factory.mktemp("names") / kind)
        return made[kind]

    return model
