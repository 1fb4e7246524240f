"""The key of a step that puts hashes or pseudonyms in the place of what it finds."""

import hashlib
import hmac
import os
from pathlib import Path
from typing import Final

from curate.pii.surrogates import KEY_BYTES

FROM_ENVIRONMENT: Final = "env:"


def read_key(where: str, base: Path) -> bytes:
    """The key of `env:NAME`, or of a file relative to a folder.

    Raises ValueError where there is none, or it is too short.
    """
    if where.startswith(FROM_ENVIRONMENT):
        name = where.removeprefix(FROM_ENVIRONMENT)
        key = os.environ.get(name, "").encode()
        if not key:
            raise ValueError(f"the environment variable {name!r} of `key` is not set")
    else:
        try:
            key = (base / where).read_bytes().strip()
        except OSError as error:
            raise ValueError(
                f"the file {where!r} of `key` cannot be read: {error.strerror}"
            ) from None
    if len(key) < KEY_BYTES:
        raise ValueError(f"the key has {len(key)} bytes, and must have at least {KEY_BYTES}")
    return key


def key_digest(key: bytes) -> bytes:
    """What tells one key from another, and nothing about either."""
    return hmac.digest(key, b"curate.pii.key.1", hashlib.sha256)
