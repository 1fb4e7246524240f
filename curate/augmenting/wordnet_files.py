"""Where WordNet lies on the disk: a folder, or the zip file that NLTK fetches."""

import os
import sys
import zipfile
from pathlib import Path
from typing import Final

from curate.errors import InputError, NotFoundError
from curate.models.files import user_path

PARTS: Final = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
"""Parts of speech, and what their files are called by."""

NAMES: Final = tuple(f"{kind}.{part}" for part in PARTS.values() for kind in ("index", "data"))
EXCEPTIONS: Final = tuple(f"{part}.exc" for part in PARTS.values())

DEBIAN: Final = Path("/usr/share/wordnet")
"""Where Debian's package wordnet-base puts it."""

_NLTK: Final = ("wordnet", "wordnet.zip", "wordnet31", "wordnet31.zip", "wordnet2021")
_RIGHT: Final = (
    "Name its folder (with index.noun, data.noun, ...): wordnet: FOLDER. It comes with Debian's "
    "wordnet-base, and with `python -m nltk.downloader wordnet`"
)


def find_wordnet(name: str | None, base: Path) -> Path:
    """The folder or zip file of WordNet: `name` relative to `base`, or else the usual places.

    A name may be that of a folder of NLTK's data too. Raises NotFoundError with all places that
    were tried.
    """
    tried = usual_places() if name is None else _within(base / user_path(name))
    for place in tried:
        if _is_wordnet(place):
            return place.absolute()
    where = "WordNet" if name is None else f"wordnet {name!r}"
    found = f"it is not at {', '.join(map(str, tried))}"
    raise NotFoundError(where, found, _RIGHT)


def usual_places() -> list[Path]:
    """Where NLTK looks for its data, and then Debian's folder."""
    named = os.environ.get("NLTK_DATA", "")
    roots = [Path(part) for part in named.split(os.pathsep) if part]
    roots += [Path.home() / "nltk_data", Path(sys.prefix) / "nltk_data"]
    roots += [Path(sys.prefix) / "share" / "nltk_data", Path(sys.prefix) / "lib" / "nltk_data"]
    roots += [Path(f"/usr/{part}/nltk_data") for part in ("share", "local/share", "lib")]
    return [*(root / "corpora" / name for root in roots for name in _NLTK), DEBIAN]


def read_files(place: Path) -> dict[str, bytes]:
    """The content of WordNet's files by their names. Raises InputError where one is damaged."""
    try:
        if place.suffix != ".zip":
            there = [name for name in EXCEPTIONS if (place / name).is_file()]
            return {name: (place / name).read_bytes() for name in (*NAMES, *there)}
        with zipfile.ZipFile(place) as packed:
            inside = {Path(name).name: name for name in packed.namelist()}
            there = [name for name in EXCEPTIONS if name in inside]
            return {name: packed.read(inside[name]) for name in (*NAMES, *there)}
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(
            f"WordNet {place}", f"cannot be read ({error})", "Fetch it again"
        ) from error


def _within(path: Path) -> list[Path]:
    return [path, *(path / "corpora" / name for name in _NLTK)]


def _is_wordnet(place: Path) -> bool:
    if place.suffix == ".zip":
        return place.is_file()
    return all((place / name).is_file() for name in NAMES)
