"""What the outputs of a classifier of toxicity are called, and how they become probabilities."""

import re
from collections.abc import Sequence
from typing import Any, Final, Literal, NamedTuple

from curate.errors import InputError, RefusedError
from curate.models.checkpoint import read_checkpoint
from curate.models.files import read_json
from curate.models.toxicity_files import ToxicityFiles

Activation = Literal["sigmoid", "softmax"]

STANDARD: Final = {
    "toxic": "toxicity",
    "severe_toxic": "severe_toxicity",
    "identity_hate": "identity_attack",
}
"""The labels of the first Jigsaw data set, by the names of the later ones, as Detoxify has them."""

_NO_NAME: Final = re.compile(r"label_\d+")
_MULTI: Final = "multi_label_classification"
_SINGLE: Final = "single_label_classification"


class Outputs(NamedTuple):
    """What a classifier gives."""

    labels: tuple[str, ...]
    """As the model has them; outputs behind these are left out."""
    signals: tuple[str, ...]
    """As signals, in the same order."""
    activation: Activation
    """`sigmoid` where several labels can hold of a text, `softmax` where one does."""


def outputs_of(
    files: ToxicityFiles, classes: Sequence[str] = (), activation: Activation | None = None
) -> Outputs:
    """Tell what a classifier gives; `classes` and `activation` are said in place of its own.

    Detoxify's checkpoints have a sigmoid. For a folder it is the rule of transformers' pipeline:
    a softmax where there are several labels, unless `problem_type` says that several can hold.
    Raises `InputError` where labels are no names, and `RefusedError` where it does not classify.
    """
    where = f"model {files.described()}"
    if files.checkpoint is not None:
        read = read_checkpoint(files.checkpoint, files.digest)
        own, count, rule = read.classes, read.outputs, _MULTI
    else:
        config = read_json(files.files.folder / "config.json")
        own = own_labels(config, where)
        count, rule = len(own), config.get("problem_type") or (_SINGLE if len(own) > 1 else _MULTI)
    if rule not in (_MULTI, _SINGLE):
        found = f"its problem_type is {rule!r}, so that it gives no probabilities"
        raise RefusedError(where, found, "Use a model that classifies")
    if len(classes) > count:
        found = f"classes: names {len(classes)}, and it has {count} outputs"
        raise InputError(where, found, "Name as many, in its order")
    labels = tuple(classes) or own
    made: Activation = activation or ("sigmoid" if rule == _MULTI else "softmax")
    return Outputs(labels, _signals(labels, where), made)


def signal_name(label: str) -> str:
    """The signal of a label: in lower case with `_` for all but letters and digits, or `STANDARD`.

    >>> signal_name("Identity-Hate"), signal_name("sexual explicit")
    ('identity_attack', 'sexual_explicit')
    """
    bare = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")
    return STANDARD.get(bare, bare)


def own_labels(config: dict[str, Any], where: str) -> tuple[str, ...]:
    """The labels of a configuration of transformers, in the order of the outputs.

    Raises InputError where they are not numbered from 0.
    """
    named = config.get("id2label")
    if not isinstance(named, dict) or not named:
        # What transformers says by default, which a configuration leaves out.
        return tuple(f"LABEL_{place}" for place in range(int(config.get("num_labels", 2))))
    try:
        return tuple(str(named[str(place)]) for place in range(len(named)))
    except KeyError as error:
        found = f"its id2label has no {error}"
        raise InputError(where, found, "Number the labels from 0 in config.json") from error


def _signals(labels: Sequence[str], where: str) -> tuple[str, ...]:
    names = tuple(map(signal_name, labels))
    for label, name in zip(labels, names, strict=True):
        if not re.match("[a-z]", name) or _NO_NAME.fullmatch(name):
            right = "Say what its outputs are, in its order: classes: [toxicity, ...]"
            raise InputError(where, f"its label {label!r} is no name for a signal", right)
        if names.count(name) > 1:
            right = "Say other names, in its order: classes: [...]"
            raise InputError(where, f"two of its labels give the signal {name!r}", right)
    return names
