"""What tests of operators share."""

from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from curate.record import WORKING, batch_of
from tests.models.static import make_static
from tests.models.toxic import make_folder
from tests.operators.likelihoods import Direct
from tests.train.tiny import make_model, make_tokenizer

CACHED_TOKENIZER = "org/tiny"
CACHED_EMBEDDING = "org/static"
CACHED_MODEL = "org/chat"
CACHED_REFERENCE = "org/reference"
CACHED_TOXICITY = "org/toxic"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
Working = Callable[..., pa.RecordBatch]


@pytest.fixture
def working() -> Working:
    """Makes a batch on its way through a build; ids count up from 0 where none is given."""

    def make(*records: Mapping[str, Any]) -> pa.RecordBatch:
        plain = {"copy": 0, "labels": "{}", "meta": "{}"}
        rows = [
            {"id": place.to_bytes(16, "big"), **plain, **record}
            for place, record in enumerate(records)
        ]
        return batch_of(rows, WORKING)

    return make


@pytest.fixture(scope="session")
def hub_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache of the Hub, of this and of child processes, with what their packages can read of the
    tokenizer `org/tiny`, the embedding model `org/static`, two language models, and a classifier
    of toxicity.
    """
    folder = tmp_path_factory.mktemp("hub")
    if find_spec("transformers") is None:
        yield folder
        return
    make_tokenizer().save_pretrained(_snapshot(folder / "models--org--tiny"))
    if find_spec("model2vec") is not None:
        make_static(_snapshot(folder / "models--org--static"))
    if find_spec("torch") is not None:
        make_model(_snapshot(folder / "models--org--chat"))
        make_model(_snapshot(folder / "models--org--reference"), seed=1)
        make_folder(_snapshot(folder / "models--org--toxic"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_CACHE", str(folder))
        patch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(folder))
        yield folder


def _snapshot(cached: Path) -> Path:
    (cached / "refs").mkdir(parents=True)
    (cached / "refs" / "main").write_text(COMMIT)
    return cached / "snapshots" / COMMIT


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("chat"))


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("reference"), seed=1)


@pytest.fixture(scope="session")
def direct(folder: Path) -> Direct:
    return Direct(folder)
