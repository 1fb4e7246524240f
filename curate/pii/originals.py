"""What was replaced, encrypted, for those who have the key (`keep_originals`).

AES-SIV (RFC 5297) with a key that HKDF-SHA-256 (RFC 5869) derives of the step's. It needs no random
numbers, so that equal builds have equal ledgers: of two values of an entity one can tell whether
they are equal, as one can by their surrogates.
"""

from functools import lru_cache
from typing import Any, Final

INFO: Final = b"curate.pii.original.1"
_KEY_BYTES: Final = 64


def sealed(key: bytes, entity: str, value: str) -> bytes:
    """A value, encrypted and authenticated with its entity. Raises `MissingExtraError`."""
    found: bytes = _cipher(key).encrypt(value.encode("utf-8", "surrogatepass"), [entity.encode()])
    return found


def unsealed(key: bytes, entity: str, original: bytes) -> str:
    """The value again. Raises ValueError where it was encrypted with another key."""
    from cryptography.exceptions import InvalidTag

    try:
        value: bytes = _cipher(key).decrypt(original, [entity.encode()])
    except InvalidTag:
        raise ValueError("it was encrypted with another key") from None
    return value.decode("utf-8", "surrogatepass")


@lru_cache(maxsize=4)
def _cipher(key: bytes) -> Any:
    from curate.errors import MissingExtraError

    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF
    except ImportError as error:
        raise MissingExtraError("keep_originals", "cryptography", "pii") from error
    return AESSIV(HKDF(SHA256(), _KEY_BYTES, None, INFO).derive(key))
