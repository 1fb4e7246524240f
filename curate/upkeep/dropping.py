"""Which versions may go: what a tag names, what was trained on and what is newest stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from curate.errors import NotFoundError, RefusedError, UsageError
from curate.store import Store, Version
from curate.store.ref import parse_ref


@dataclass(frozen=True)
class Drop:
    """Versions to be dropped; by default none."""

    refs: tuple[str, ...] = ()
    """Versions, as `dataset@N`."""
    datasets: tuple[str, ...] = ()
    """Datasets with all of their versions."""
    keep: int | None = None
    """Of every dataset only so many newest versions stay, beside those that are protected."""
    force: bool = False
    """Drop also what a run was trained or evaluated on."""


class Chosen(NamedTuple):
    """What stays, and what goes."""

    kept: tuple[Version, ...]
    dropped: tuple[Version, ...]
    protected: dict[str, str]
    """Versions that `keep` would drop and that stay, with the reason."""


def choose(store: Store, drop: Drop) -> Chosen:
    """Choose the versions to drop. Raises `RefusedError` where one of them is protected.

    Protected are versions that a tag names and, without `force`, those that a run was given. The
    newest version of a dataset goes only with its dataset, since numbers are never given twice.
    """
    versions = store.versions()
    reasons = _reasons(store, drop.force)
    asked = _asked(store, versions, drop)
    for ref in sorted(asked & reasons.keys()):
        raise RefusedError(f"version {ref}", f"it is {reasons[ref]}", "It was not dropped.")
    old = _older(versions, drop.keep) - asked
    gone = asked | (old - reasons.keys())
    return Chosen(
        tuple(version for version in versions if version.ref not in gone),
        tuple(version for version in versions if version.ref in gone),
        {ref: reasons[ref] for ref in sorted(old & reasons.keys())},
    )


def _reasons(store: Store, force: bool) -> dict[str, str]:
    reasons = {}
    for run in () if force else store.runs():
        what = "trained on" if run.kind == "train" else "evaluated on"
        reasons[f"{run.dataset}@{run.version}"] = f"what {run.run} was {what} (--force drops it)"
    for tag in store.tags():
        reasons[f"{tag['dataset']}@{tag['version']}"] = f"tagged {tag['tag']}"
    return reasons


def _asked(store: Store, versions: Sequence[Version], drop: Drop) -> set[str]:
    newest = {version.dataset: version.ref for version in versions}
    unknown = set(drop.datasets) - newest.keys()
    if unknown:
        known = ", ".join(newest) or "nothing"
        raise NotFoundError(f"dataset {min(unknown)!r}", "there is none", f"There is: {known}.")
    asked = {version.ref for version in versions if version.dataset in drop.datasets}
    for ref in drop.refs:
        parsed = parse_ref(ref)
        if parsed.version is None or parsed.split is not None:
            right = "Write dataset@N; a whole dataset goes by --drop-dataset."
            raise UsageError(f"--drop {ref!r}", "names no single version by its number", right)
        found = store.version(ref)
        if found.ref == newest[found.dataset] and found.dataset not in drop.datasets:
            right = "Numbers are never given twice: drop the dataset by --drop-dataset, or keep it."
            raise RefusedError(f"version {found.ref}", "it is the newest of its dataset", right)
        asked.add(found.ref)
    return asked


def _older(versions: Sequence[Version], keep: int | None) -> set[str]:
    """The versions beyond the newest `keep` of each dataset."""
    if keep is None:
        return set()
    by_dataset: dict[str, list[str]] = {}
    for version in versions:
        by_dataset.setdefault(version.dataset, []).append(version.ref)
    return {ref for refs in by_dataset.values() for ref in refs[: -max(keep, 1)]}
