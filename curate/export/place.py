"""Output that appears whole or not at all: written beside its place, then renamed."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from curate.errors import RefusedError, StoreError

PROVENANCE_NAME = "curate.json"
"""What says where an exported folder comes from; a file has it beside, after its own name."""


def check_free(out: Path, overwrite: bool, is_folder: bool) -> None:
    """Raise RefusedError where something stands at `out` that must not be replaced.

    With `overwrite` a file replaces a file, and a folder only a folder that an export made.
    """
    if not (out.exists() or out.is_symlink()):
        return
    if not overwrite:
        raise RefusedError(str(out), "exists", "Choose another place, or say --overwrite.")
    if out.is_dir() and not is_folder:
        raise RefusedError(str(out), "is a folder", "Name a file.")
    if is_folder and not (out / PROVENANCE_NAME).is_file():
        found = f"is not a folder that an export made (it has no {PROVENANCE_NAME})"
        raise RefusedError(str(out), found, "Choose another place, or remove it yourself.")


@contextmanager
def placed(out: Path) -> Iterator[Path]:
    """Give a path beside `out` to write a file or folder to; what is there then replaces `out`.

    When the block fails or is interrupted, nothing of it is left. Raises StoreError where the disk
    refuses.
    """
    partial = out.with_name(f".{out.name}.{secrets.token_hex(4)}.partial")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        _put(partial, out)
    except OSError as error:
        reason = f"cannot be written ({error.strerror or error})"
        raise StoreError(str(out), reason, "Make room, or choose another place.") from error
    finally:
        _remove(partial)


def _put(partial: Path, out: Path) -> None:
    if not out.is_dir():
        partial.replace(out)
        return
    former = out.with_name(f".{out.name}.{secrets.token_hex(4)}.former")
    out.replace(former)
    try:
        partial.replace(out)
    except BaseException:
        former.replace(out)
        raise
    shutil.rmtree(former)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
        return
    with suppress(OSError):  # most often there is nothing, since it was renamed
        path.unlink()
