"""The recipe: what a version is built from (docs/format.md, "Recipe")."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from curate.operator import Operator
from curate.recipe.source import Source, StoredSource


class Step(NamedTuple):
    """One step: an operator with its settings, under a name that no other step has."""

    name: str
    operator: Operator


@dataclass(frozen=True)
class Recipe:
    """Sources, ordered steps and a seed; valid by construction (`load_recipe`, `parse_recipe`)."""

    dataset: str
    sources: tuple[Source | StoredSource, ...]
    """Each has a name; where the recipe gives none, it is made from the path, or is the REF."""
    steps: tuple[Step, ...]
    """In the order in which they run."""
    seed: int
    path: Path | None
    """The file it was read from."""
    text: str
    """The recipe as written."""
    overtaken: str | None = None
    """What to tell where steps run in another order than they are written in."""

    @property
    def base(self) -> Path:
        """The folder that the paths of sources and settings are relative to."""
        return self.path.parent if self.path is not None else Path()

    def normalised(self) -> dict[str, Any]:
        """The recipe with every default written out, and without the paths of sources.

        Key order, comments and layout of the text have no influence.
        """
        return {
            "dataset": self.dataset,
            "sources": [
                source.model_dump(mode="json", by_alias=True, exclude={"path"})
                for source in self.sources
            ],
            "steps": [
                {
                    "operator": step.operator.name,
                    "name": step.name,
                    "settings": step.operator.model_dump(mode="json", by_alias=True),
                    "fingerprint": step.operator.fingerprint(),
                }
                for step in self.steps
            ],
            "seed": self.seed,
        }

    def hash(self) -> str:
        """SHA-256 of the canonical JSON of the normalised recipe, as 64 hex digits."""
        canonical = orjson.dumps(self.normalised(), option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(canonical).hexdigest()
