"""The file of a classifier: nothing in it can run, and damage is told in one line."""

import io
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from curate.classifier.file import FORMAT, decoded, encoded, read_bytes
from curate.classifier.model import Linear, Words
from curate.errors import InputError, NotFoundError
from tests.classifier.small import details, small


def test_what_is_written_is_read() -> None:
    made = small()
    read = decoded(encoded(made), "it")
    assert read.details == made.details
    assert np.array_equal(read.slots, made.slots)
    one: Any
    other: Any
    for one, other in zip(read.body, made.body, strict=True):
        assert np.array_equal(one, other)


def test_other_tools_can_read_it(tmp_path: Path) -> None:
    numpy = pytest.importorskip("safetensors.numpy", reason="safetensors is not installed")
    (tmp_path / "a.classifier").write_bytes(encoded(small()))
    arrays = numpy.load_file(tmp_path / "a.classifier")
    assert np.array_equal(arrays["weights"], small().body[0])


def changed(header: Callable[[dict[str, Any]], None]) -> bytes:
    """The file with another header and the same arrays."""
    content = encoded(small())
    size = int.from_bytes(content[:8], "little")
    told = orjson.loads(content[8 : 8 + size])
    header(told)
    head = orjson.dumps(told)
    return len(head).to_bytes(8, "little") + head + content[8 + size :]


def settings(**changes: Any) -> bytes:
    """The file with other settings."""

    def change(header: dict[str, Any]) -> None:
        told = orjson.loads(header["__metadata__"]["settings"]) | changes
        header["__metadata__"]["settings"] = orjson.dumps(told).decode()

    return changed(change)


def shape(name: str, shape: Any) -> bytes:
    return changed(lambda header: header[name].update(shape=shape))


def of(**changes: Any) -> bytes:
    return encoded(replace(small(), **changes))


def linear(**changes: Any) -> bytes:
    body = small().body
    assert isinstance(body, Linear)
    return of(body=body._replace(**changes))


def archive(pickled: bool) -> bytes:
    stream = io.BytesIO()
    held: Any = np.array([{"a": 1}], object) if pickled else np.array([1.0])
    np.savez(stream, weights=held)
    return stream.getvalue()


class Hostile:
    """Runs something when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return pytest.fail, ("it ran",)


NAN = small().body[0].copy()
NAN[3, 1] = np.nan

DAMAGED = {
    "empty": (b"", "length of its header"),
    "cut": (encoded(small())[:-1], "cut or moved"),
    "longer": (encoded(small()) + b"x", "bytes of arrays"),
    "no header": (b"\xff" * 64, "length of its header"),
    "no JSON": ((5).to_bytes(8, "little") + b"{'a':" + b"x" * 8, "damaged"),
    "a deep header": ((9000).to_bytes(8, "little") + b"[" * 9000, "damaged"),
    "a list": ((2).to_bytes(8, "little") + b"[]", "damaged"),
    "a zip archive": (archive(False), "zip or pickle"),
    "a pickle in a zip archive": (archive(True), "zip or pickle"),
    "a pickle": (pickle.dumps(Hostile()), "zip or pickle"),
    "another format": (changed(lambda h: h["__metadata__"].update(format="a.2")), FORMAT),
    "no settings": (changed(lambda h: h["__metadata__"].pop("settings")), "settings"),
    "no weights": (changed(lambda h: h.pop("weights")), "weights"),
    "a huge array": (shape("weights", [2**31 - 1, 2**31 - 1]), "cut or moved"),
    "a negative array": (shape("slots", [-1]), "shape"),
    "an array of another form": (shape("slots", [4, 4]), "shape"),
    "no finite weight": (linear(weights=NAN), "no finite number"),
    "no finite intercept": (linear(intercepts=np.array([0, np.inf, 0])), "no finite number"),
    "features out of order": (of(slots=small().slots[::-1].copy()), "ascending"),
    "features beyond": (of(details=details(features=Words(bits=8))), "beyond"),
    "two labels alike": (settings(labels=["a", "a", "b"]), "twice"),
    "labels of one signal": (settings(labels=["a b", "a-b", "c"]), "same signal"),
    "labels without letters": (settings(labels=["!", "a", "b"]), "no letter"),
    "one label": (settings(labels=["a"]), "1 labels"),
    "fewer labels than weights": (settings(labels=["a", "b"]), "weights of the shape"),
    "no temperature": (settings(temperature=0), "temperature"),
    "too many buckets": (settings(features={"kind": "words", "bits": 40, "ngrams": 1}), "bits"),
    "an unknown setting": (settings(code="import os"), "code"),
    "a wrong name": (settings(name="../a"), "no name for a signal"),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_or_hostile_file_is_refused_in_plain_words(damage: str) -> None:
    content, words = DAMAGED[damage]
    with pytest.raises(InputError, match=r"a\.classifier") as caught:
        decoded(content, "a.classifier")
    assert words in str(caught.value)


@pytest.mark.parametrize("place", range(0, 4000, 37))
def test_a_changed_byte_is_refused_or_harmless(place: int) -> None:
    content = bytearray(encoded(small()))
    content[place % len(content)] ^= 0xFF
    try:
        made = decoded(bytes(content), "it")
    except InputError:
        return
    assert isinstance(made.body, Linear)
    assert np.isfinite(made.body.weights).all()


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="nowhere"):
        read_bytes(tmp_path / "nowhere")
    with pytest.raises(NotFoundError, match="cannot be read"):
        read_bytes(tmp_path)
