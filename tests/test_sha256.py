"""Digests made many at once are those of `hashlib`."""

import hashlib

import numpy as np
import pytest

from curate import sha256
from curate.sha256 import plain, sha256_each

kernel = sha256._kernel()
if kernel is None:
    pytest.skip("hashlib has no OpenSSL to be called", allow_module_level=True)


@pytest.mark.parametrize("longest", [1, 60, 130, 3000])
def test_compiled_code_makes_the_digests_of_hashlib(longest: int) -> None:
    random = np.random.default_rng(longest)
    sizes = random.integers(0, longest + 1, 2000)
    offsets = np.concatenate([[7], 7 + np.cumsum(sizes)])
    data = random.integers(0, 256, int(offsets[-1]) + 5, dtype=np.uint8)
    data.setflags(write=False)
    found = np.zeros((2000, 32), np.uint8)
    assert kernel.digest_each(data, offsets, found)
    assert np.array_equal(found, plain(data, offsets))
    value = data[offsets[9] : offsets[10]].tobytes()
    assert found[9].tobytes() == hashlib.sha256(value).digest()
    assert np.array_equal(sha256_each(data, offsets), found)


def test_nothing_and_empty_values_have_digests_too() -> None:
    nothing = np.zeros(0, np.uint8)
    assert sha256_each(nothing, np.zeros(1, np.int64)).shape == (0, 32)
    many = sha256_each(nothing, np.zeros(5000, np.int64))
    assert {row.tobytes() for row in many} == {hashlib.sha256().digest()}


def test_without_openssl_hashlib_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sha256, "_kernel", lambda: None)
    many = sha256_each(np.zeros(0, np.uint8), np.zeros(5000, np.int64))
    assert many[4998].tobytes() == hashlib.sha256().digest()
