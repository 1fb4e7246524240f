"""Importing TextAttack without what it does at its import: downloads, files, locks and logging.

It fetches data of NLTK into the home, under a lock that a failure leaves behind, and logs on the
error output. Here it finds that done already in a folder that is there only meanwhile.
"""

import logging
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Final

from curate.augmenting.stop_words import STOP_WORDS
from curate.errors import MissingExtraError

_DONE: Final = "post_install_check_3"
"""The file by which TextAttack knows that its downloads were made."""

_READ_EARLY: Final = ("nltk", "huggingface_hub", "transformers", "datasets", "flair")
"""Packages that take folders from the environment when they are imported."""

_IMPORTING: Final = Lock()


def load_textattack(where: str) -> None:
    """Import TextAttack, which takes ten seconds the first time.

    Raises MissingExtraError, in which `where` is what needs it.
    """
    for package in ("textattack", "flair"):
        if find_spec(package) is None:
            raise MissingExtraError(where, package, "attack")
    with _IMPORTING:
        _load()


@lru_cache(maxsize=1)
def _load() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for package in _READ_EARLY:
            import_module(package)
        with tempfile.TemporaryDirectory() as folder, _environment(Path(folder)):
            import_module("textattack")
    import_module("jieba").setLogLevel(logging.ERROR)
    logger = logging.getLogger("textattack.shared.utils.install")
    logger.handlers.clear()
    logger.disabled = True


@contextmanager
def _environment(folder: Path) -> Iterator[None]:
    """A cache in which nothing is left to fetch, and stop words, until the import is done."""
    from nltk import corpus, data
    from nltk.corpus.reader import WordListCorpusReader
    from nltk.corpus.util import LazyCorpusLoader

    (folder / _DONE).touch()
    words = folder / "corpora" / "stopwords" / "english"
    words.parent.mkdir(parents=True)
    words.write_text("\n".join(sorted(STOP_WORDS)))
    before = dict(os.environ)
    os.environ.update({"TA_CACHE_DIR": str(folder), "TA_DEVICE": before.get("TA_DEVICE", "cpu")})
    data.path.insert(0, str(folder))
    try:
        yield
    finally:
        data.path.remove(str(folder))
        os.environ.clear()
        os.environ.update(before)
        # The one that was used knows the folder, which goes away.
        corpus.stopwords = LazyCorpusLoader(
            "stopwords", WordListCorpusReader, r"(?!README|\.).*", encoding="utf8"
        )
