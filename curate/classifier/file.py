"""The file of a classifier (docs/format.md, "Classifier").

It has the layout of safetensors: the length of a JSON header (8 bytes, little-endian), the header,
and the bytes of arrays one after the other. Nothing in it can run.
"""

from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import orjson
from pydantic import ValidationError

from curate.classifier.forest import check_forest
from curate.classifier.model import Classifier, Details, Forest, Linear, Words
from curate.errors import InputError, NotFoundError

FORMAT: Final = "curate.classifier.1"
MOST_BYTES: Final = 1 << 30
MOST_HEADER: Final = 1 << 24

_TYPES: Final[dict[str, np.dtype[Any]]] = {
    "I32": np.dtype("<i4"),
    "U32": np.dtype("<u4"),
    "F32": np.dtype("<f4"),
    "F64": np.dtype("<f8"),
}
_Arrays = tuple[tuple[str, str, int], ...]

_LINEAR: Final[_Arrays] = (("intercepts", "F64", 1), ("slots", "U32", 1), ("weights", "F32", 2))
"""Names, types and dimensions, in the order of the file."""
_FOREST: Final[_Arrays] = (
    ("children", "I32", 2),
    ("features", "I32", 1),
    ("roots", "I32", 1),
    ("slots", "U32", 1),
    ("thresholds", "F64", 1),
    ("values", "F32", 2),
)
_TREES: Final = frozenset({"EasyEnsemble", "BalancedRandomForest"})
"""Ensembles whose members are trees; of the others the weights are averaged into one model's."""

_AGAIN: Final = "Train it again: curate classifier train LABELS --out FILE"


def encoded(classifier: Classifier) -> bytes:
    """The bytes of a classifier's file; equal classifiers have equal ones."""
    arrays: dict[str, npt.NDArray[Any]] = {"slots": classifier.slots, **classifier.body._asdict()}
    # What a single linear model has no use for is left out.
    told = {k: v for k, v in classifier.details.model_dump().items() if v is not None}
    settings = orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
    header: dict[str, Any] = {"__metadata__": {"format": FORMAT, "settings": settings.decode()}}
    parts: list[bytes] = []
    place = 0
    for name, kind, _ in _arrays_of(classifier.details):
        part = np.ascontiguousarray(arrays[name], _TYPES[kind]).tobytes()
        header[name] = {
            "dtype": kind,
            "shape": list(arrays[name].shape),
            "data_offsets": [place, place + len(part)],
        }
        parts.append(part)
        place += len(part)
    head = orjson.dumps(header)
    head += b" " * (-len(head) % 8)
    return b"".join([len(head).to_bytes(8, "little"), head, *parts])


def _arrays_of(details: Details) -> _Arrays:
    trees = details.ensemble is not None and details.ensemble.kind in _TREES
    return _FOREST if trees else _LINEAR


def read_bytes(path: Path) -> bytes:
    """The bytes of a file. Raises NotFoundError, or InputError where it is too large."""
    where = f"classifier {str(path)!r}"
    try:
        if path.is_file() and path.stat().st_size > MOST_BYTES:
            found = f"it has {path.stat().st_size:,} bytes; at most {MOST_BYTES:,} go"
            raise InputError(where, found, _AGAIN)
        return path.read_bytes()
    except OSError as error:
        found = f"it cannot be read ({error.strerror})"
        raise NotFoundError(
            where, found, "Name a file that `curate classifier train` wrote"
        ) from error


def decoded(content: bytes, where: str) -> Classifier:
    """The classifier of some bytes, all of it checked. Raises InputError; `where` names it."""
    try:
        return _decoded(content)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise InputError(where, _reason(error), _AGAIN) from error


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        said = str(first.get("ctx", {}).get("error") or first["msg"])
        return f"its settings are damaged ({f'{place}: ' if place else ''}{said})"
    if isinstance(error, KeyError):
        return f"it is damaged (no {error.args[0]!r} in its header)"
    return f"it is damaged ({error})"


def _decoded(content: bytes) -> Classifier:
    if content[:4] == b"PK\x03\x04" or content[:1] == b"\x80":
        raise ValueError("a zip or pickle file, which is not read; no classifier")
    size = int.from_bytes(content[:8], "little")
    if len(content) < 8 or not 2 <= size <= min(MOST_HEADER, len(content) - 8):
        raise ValueError("it does not begin with the length of its header")
    header = orjson.loads(content[8 : 8 + size])
    if not isinstance(header, dict) or not isinstance(header["__metadata__"], dict):
        raise TypeError("its header is no object with __metadata__")
    told = header["__metadata__"]
    if told.get("format") != FORMAT:
        raise ValueError(f"its format is {told.get('format')!r}, and {FORMAT!r} is read")
    details = Details.model_validate_json(told["settings"])
    data = memoryview(content)[8 + size :]
    arrays, end = {}, 0
    for name, kind, dimensions in _arrays_of(details):
        arrays[name], end = _array(data, name, header[name], kind, dimensions, end)
    if end != len(data):
        raise ValueError(f"{len(data):,} bytes of arrays, and the header tells of {end:,}")
    slots = arrays.pop("slots")
    made = Classifier(details, slots, Linear(**arrays) if "weights" in arrays else Forest(**arrays))
    _check(made)
    return made


def _array(
    data: memoryview, name: str, told: Any, kind: str, dimensions: int, begin: int
) -> tuple[npt.NDArray[Any], int]:
    """An array within the bytes of the file, without a copy, and where it ends."""
    shape = told["shape"]
    right = isinstance(shape, list) and all(type(n) is int and 0 <= n < 2**31 for n in shape)
    if not right or len(shape) != dimensions or told["dtype"] != kind:
        raise ValueError(f"the array {name} has the shape {shape!r} of {told['dtype']!r}")
    count = 1
    for length in shape:
        count *= length
    end = begin + count * _TYPES[kind].itemsize
    if told["data_offsets"] != [begin, end] or end > len(data):
        raise ValueError(f"the array {name} stands at {told['data_offsets']!r}, cut or moved")
    return np.frombuffer(data, _TYPES[kind], count, begin).reshape(shape), end


def _check(made: Classifier) -> None:
    """Whether the arrays go together and hold finite numbers."""
    if isinstance(made.body, Forest):
        check_forest(made.body, len(made.slots), len(made.details.labels))
    else:
        _check_linear(made.body, len(made.slots), len(made.details.labels))
    if len(made.slots) == 0 or not (np.diff(made.slots.astype(np.int64)) > 0).all():
        raise ValueError("its features are none, or not in ascending order")
    features = made.details.features
    if isinstance(features, Words) and int(made.slots[-1]) >= 1 << features.bits:
        raise ValueError(f"a feature is beyond the {1 << features.bits:,} buckets")


def _check_linear(linear: Linear, features: int, labels: int) -> None:
    if linear.intercepts.shape != (labels,) or linear.weights.shape != (features, labels):
        raise ValueError(
            f"{labels} labels, {features:,} features, weights of the shape "
            f"{linear.weights.shape} and intercepts of {linear.intercepts.shape}"
        )
    if not (np.isfinite(linear.weights).all() and np.isfinite(linear.intercepts).all()):
        raise ValueError("a weight is no finite number")
