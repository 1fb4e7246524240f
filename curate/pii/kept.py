"""Texts that take long to make, such as the pattern of a gate, kept from process to process.

They lie beside the code, as Python's own compiled modules do, or in the user's cache folder where
the package cannot be written; where neither can be, each process makes them anew.
"""

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent
_MADE_BY: Final = ("presidio-analyzer", "phonenumbers", "regex")
"""Packages whose versions change what is made."""


def kept(name: str, make: Callable[[], str]) -> str:
    """The text of a name, made where no version of this code and these packages has made it."""
    file = f"{name}-{_made_by()}.txt"
    for folder in _folders():
        with suppress(OSError, UnicodeDecodeError):
            return (folder / file).read_text(encoding="utf-8")
    text = make()
    for folder in _folders():
        with suppress(OSError):
            _write(folder / file, text)
            break
    return text


def _write(path: Path, text: str) -> None:
    """Write a file that appears whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    try:
        half.write_text(text, encoding="utf-8")
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


def _folders() -> Iterator[Path]:
    yield _HERE / "__pycache__"
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    yield Path(home) / "curate"


@cache
def _made_by() -> str:
    """A digest of the code of this package, and of the versions of what it asks."""
    made_by = sha256()
    for path in sorted(_HERE.glob("*.py")):
        made_by.update(path.read_bytes())
    for package in _MADE_BY:
        made_by.update(f"{package} {version(package)}".encode())
    return made_by.hexdigest()[:16]
