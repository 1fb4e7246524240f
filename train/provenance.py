"""`curate.json`: beside every model and checkpoint, what it was made of and how."""

import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson

import curate
from curate.errors import NotFoundError, RefusedError
from curate.models.files import read_json
from curate.requirement import installed_version

NAME: Final = "curate.json"

LIBRARIES: Final = (
    "trl",
    "transformers",
    "peft",
    "torch",
    "datasets",
    "accelerate",
    "tokenizers",
    "safetensors",
    "bitsandbytes",
)

BINDING: Final = (
    "dataset",
    "snapshot",
    "split",
    "config",
    "model_hash",
    "chat_template",
    "max_length",
)
"""What must be the same for a training to be resumed."""


class Provenance:
    """The content of `curate.json`, which grows as the training goes on."""

    def __init__(self, values: dict[str, Any]) -> None:
        """Begin with what is known before the training."""
        self.values = values

    def update(self, **values: Any) -> None:
        """Add what has become known."""
        self.values |= values

    def write(self, folder: Path, **more: Any) -> None:
        """Write the file into a folder, whole or not at all."""
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / NAME
        draft = target.with_suffix(".json.part")
        options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS
        draft.write_bytes(orjson.dumps(self.values | more, default=str, option=options))
        draft.replace(target)


def libraries() -> dict[str, str]:
    """The versions of what takes part in a training."""
    found = {name: installed_version(name) for name in LIBRARIES}
    own = {"curate": curate.__version__, "python": platform.python_version()}
    return own | {name: version for name, version in found.items() if version is not None}


def now() -> str:
    """The time in UTC, ISO 8601, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def last_checkpoint(folder: Path) -> Path | None:
    """The newest whole checkpoint: `curate.json` is the last file written into one."""
    found = [path for path in folder.glob("checkpoint-*") if (path / NAME).is_file()]
    numbered = [path for path in found if path.name.rpartition("-")[2].isdecimal()]
    return max(numbered, key=lambda path: int(path.name.rpartition("-")[2]), default=None)


def check_output(folder: Path, resume: bool) -> None:
    """An output folder is new, or holds the training to resume."""
    if resume and not (folder / NAME).is_file():
        raise NotFoundError(
            f"--resume {folder}", f"it holds no {NAME}", "Name the --output of the training."
        )
    if not resume and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RefusedError(
            f"--output {folder}", "it is not empty", "Name a new folder, or --resume this one."
        )


def check_same(folder: Path, values: dict[str, Any]) -> dict[str, Any]:
    """Read the `curate.json` of the training to resume; refuse where it is another training."""
    before = read_json(folder / NAME)
    ours: dict[str, Any] = orjson.loads(orjson.dumps(values, default=str))
    differences = [
        line for name in BINDING for line in _differences(name, before.get(name), ours.get(name))
    ]
    if differences:
        raise RefusedError(
            f"--resume {folder}",
            "it is another training",
            "Use a new --output, or undo these:" + "".join(f"\n  {line}" for line in differences),
        )
    return before


def _differences(name: str, before: Any, after: Any) -> list[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        keys = sorted(before.keys() | after.keys())
        pairs = [(f"{name}.{key}", before.get(key), after.get(key)) for key in keys]
        return [line for pair in pairs for line in _differences(*pair)]
    return [] if before == after else [f"{name} was {_short(before)}, and is {_short(after)}"]


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return text if len(text) <= 40 else text[:16] + "..."
