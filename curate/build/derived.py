"""Recipes of versions that are made of one other: `curate augment` writes them."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from curate.errors import UsageError
from curate.recipe.parse import DATASET_NAME
from curate.store import Store
from curate.synthetic import MAKER

_SETTING: Final = re.compile(r"[a-z_]+")


class Asked(NamedTuple):
    """What is asked of an augmentation, as written on the command line."""

    ref: str
    makers: Sequence[str] = ()
    """Augmenters as a recipe has them: `NAME`, or `{NAME: {SETTING: VALUE}}`."""
    settings: Sequence[str] = ()
    """Each SETTING=VALUE, the value as a recipe has it."""
    dataset: str = ""
    """By default the one of the version."""
    seed: int = 0


def augmented(store: Store, asked: Asked) -> str:
    """The text of a recipe that augments a version. Raises `CurateError` with all that is wrong."""
    faults = [] if asked.makers else ["--with: missing; name an augmenter, such as RandomWordAug"]
    lines = [f"      with: [{', '.join(_one_line(one) for one in asked.makers)}]"]
    for text in asked.settings:
        name, equals, value = text.partition("=")
        if not equals or not _SETTING.fullmatch(name):
            faults.append(f"--set {text}: expected SETTING=VALUE, such as share=0.2")
        elif name == "with":
            faults.append(f"--set {text}: augmenters are named by --with")
        lines.append(f"      {name}: {_one_line(value)}")
    return _recipe(store, asked, ["  - augment:", *lines], faults)


def natural(store: Store, asked: Asked) -> str:
    """The text of a recipe that takes out of a version what was made of other records."""
    faults = ["--with: nothing is made by --remove"] * bool(asked.makers)
    faults += ["--set: there is nothing to set for --remove"] * bool(asked.settings)
    step = f"  - drop: {{where: {MAKER}, rule: {MAKER}, name: without-{MAKER}}}"
    return _recipe(store, asked, [step], faults)


def _recipe(store: Store, asked: Asked, steps: Sequence[str], faults: list[str]) -> str:
    version = store.version(asked.ref)
    dataset = asked.dataset or version.dataset
    if not DATASET_NAME.fullmatch(dataset):
        right = "expected a name of a-z, 0-9, '.', '_' and '-', at most 100 characters"
        faults.append(f"--dataset: got {dataset!r}; {right}")
    if faults:
        raise UsageError("augment", "; ".join(faults), "Nothing was done.")
    head = [f'dataset: "{dataset}"', "sources:", f"  - ref: {version.ref}", "steps:"]
    return "".join(f"{line}\n" for line in [*head, *steps, f"seed: {asked.seed}"])


def _one_line(text: str) -> str:
    return " ".join(text.splitlines())
