"""Datasets of the Hugging Face hub, through `datasets`, which keeps them as Arrow files.

No code of a dataset is ever run: `datasets` 5 has no such loading any more.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from curate.errors import InputError, MissingExtraError, NotFoundError, RecipeError
from curate.readers.locate import HUB, InputFile, input_file
from curate.recipe.source import Source

if TYPE_CHECKING:
    from datasets import DatasetDict

_ADDRESS: Final = re.compile(
    r"hf://(?:(?P<owner>[\w.-]+)/)?(?P<name>[\w.-]+)(?(owner)(?:/(?P<configuration>[\w.-]+))?)"
    r"(?:@(?P<revision>[^:@\s]+))?(?::(?P<split>[\w.-]+))?"
)


class HubAddress(NamedTuple):
    """A dataset of the hub: `hf://org/name@revision:split`; the last two may be left out.

    A dataset of several configurations is `hf://org/name/configuration@revision:split`.
    """

    repository: str
    name: str
    configuration: str | None
    revision: str | None
    split: str | None


def hub_address(path: str) -> HubAddress:
    """Take an address apart; `RecipeError` where it is none.

    >>> hub_address("hf://openai/gsm8k/socratic@main:train").repository
    'openai/gsm8k'
    """
    found = _ADDRESS.fullmatch(path)
    if found is None:
        raise RecipeError(path, "no address of a dataset", f"Write {HUB}org/name@revision:split")
    repository = f"{found['owner']}/{found['name']}" if found["owner"] else found["name"]
    return HubAddress(
        repository, found["name"], found["configuration"], found["revision"], found["split"]
    )


def hub_files(source: Source) -> list[InputFile]:
    """Fetch a dataset (or find it in the local cache) and list its Arrow files, hashed."""
    address = hub_address(source.path)
    try:
        from datasets import DatasetDict, load_dataset
        from datasets.exceptions import DatasetNotFoundError, DatasetsError
    except ImportError as error:
        raise MissingExtraError(source.path, "datasets", "hf") from error
    try:
        loaded = load_dataset(
            address.repository,
            address.configuration,
            revision=address.revision,
            split=address.split,
        )
    except DatasetNotFoundError as error:
        raise NotFoundError(
            source.path, _first_line(error), "Check the name, the revision and your access"
        ) from error
    except (OSError, ValueError, ImportError, RuntimeError, DatasetsError) as error:
        raise InputError(
            source.path,
            _first_line(error),
            "Check the address and the network, or download the files and give their folder",
        ) from error
    splits = loaded if isinstance(loaded, dict) else DatasetDict({address.split: loaded})
    return arrow_files(splits)


def arrow_files(splits: "DatasetDict") -> list[InputFile]:
    """The Arrow files behind the splits of a dataset, named `split/file`."""
    files = []
    for split, dataset in splits.items():
        for entry in dataset.cache_files:
            path = Path(entry["filename"])
            files.append(input_file(path, f"{split}/{path.name}"))
    return sorted(files, key=lambda file: file.name)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".") or type(error).__name__
