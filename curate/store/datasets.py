"""Versions as `datasets.Dataset`, from kept streams where they can be kept (extra `hf`)."""

from contextlib import suppress
from typing import TYPE_CHECKING

from curate.export.dataset import (
    dataset_batches,
    no_records,
    open_dataset,
    to_dataset,
)
from curate.export.trl_batch import datasets_library
from curate.store.streams import footer_of, keep_stream, splits_of, stream_key, stream_path
from curate.store.version import Version

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict


def dataset_of(version: Version, form: str, keep: bool) -> "Dataset | DatasetDict":
    """The records of a version, as `Version.to_dataset` says."""
    library = datasets_library()
    dataset_batches([], form)
    names = [version.split] if version.split else splits_of(version, keep)
    if not names:
        raise no_records()
    splits = {name: _of_split(version.with_split(name), form, keep) for name in names}
    if len(splits) == 1:
        return splits[names[0]]
    whole: DatasetDict = library.DatasetDict(splits)
    return whole


def _of_split(version: Version, form: str, keep: bool) -> "Dataset":
    key = stream_key(version, form)
    path = stream_path(version.folder, key)
    if keep:
        keep_stream(version, form, lambda: dataset_batches(version.batches(), form))
    # It may be deleted at any moment; what is mapped stays readable.
    with suppress(FileNotFoundError):
        footer = footer_of(path)
        if footer is not None and footer.key == key:
            # Fewer records have another fingerprint: some may have been erased since.
            return open_dataset(path, f"{key.hex()[:16]}{footer.records:x}")
    return to_dataset(version.batches(), form)
