"""Calling OpenSSL's SHA-256 from compiled code: the functions that `hashlib` itself calls.

To call it once for each value through Python takes longer than the digest of a short one. Importing
this module raises AttributeError or OSError where `hashlib` is not linked with OpenSSL.
"""

import _hashlib
import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import llvmlite.binding
import numpy as np
import numpy.typing as npt
from numba import njit, types

_POINTER: Final = types.uintp
_NAMES: Final = ("EVP_DigestInit_ex", "EVP_DigestUpdate", "EVP_DigestFinal_ex")

_crypto: Final = ctypes.CDLL(_hashlib.__file__)
_crypto.EVP_MD_CTX_new.restype = _crypto.EVP_sha256.restype = ctypes.c_void_p
_crypto.EVP_MD_CTX_free.argtypes = [ctypes.c_void_p]
_crypto.EVP_DigestInit_ex.argtypes = [ctypes.c_void_p] * 3
for _name in _NAMES:
    # By name: what numba keeps of compiled code must not hold an address of this process.
    _address = ctypes.cast(getattr(_crypto, _name), ctypes.c_void_p).value
    llvmlite.binding.add_symbol(f"curate_{_name}", _address)

_CALL: Final = types.int32(_POINTER, _POINTER, _POINTER)
_calls: Final[list[Any]] = [types.ExternalFunction(f"curate_{name}", _CALL) for name in _NAMES]
_init, _update, _final = _calls
_DATA: Final = types.Array(types.uint8, 1, "C", readonly=True)
_OFFSETS: Final = types.Array(types.int64, 1, "C", readonly=True)


def digest_each(
    data: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64], found: npt.NDArray[np.uint8]
) -> bool:
    """Fill `found` [values, 32]; False where OpenSSL refuses."""
    with _context() as context:
        return context is not None and bool(_each(context, data, offsets, found))


@contextmanager
def _context() -> Iterator[int | None]:
    """The state of a digest, made for SHA-256."""
    context = _crypto.EVP_MD_CTX_new()
    try:
        made = context and _crypto.EVP_DigestInit_ex(context, _crypto.EVP_sha256(), None) == 1
        yield context if made else None
    finally:
        _crypto.EVP_MD_CTX_free(context)


def _digests(context: Any, data: Any, offsets: Any, found: Any) -> Any:
    start, out = data.ctypes.data, found.ctypes.data
    for value in range(len(offsets) - 1):
        place, size = offsets[value], offsets[value + 1] - offsets[value]
        # Without an algorithm it begins anew with the one it had, which need not be looked up.
        if _init(context, 0, 0) != 1 or _update(context, start + place, size) != 1:
            return False
        if _final(context, out + 32 * value, 0) != 1:
            return False
    return True


_SIGNATURE: Final = types.boolean(_POINTER, _DATA, _OFFSETS, types.uint8[:, ::1])
try:
    _each = njit(_SIGNATURE, cache=True, nogil=True)(_digests)
except RuntimeError:
    # Neither beside the package nor in the user's folder can anything be kept.
    _each = njit(_SIGNATURE, nogil=True)(_digests)
