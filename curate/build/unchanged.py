"""Builds that have nothing to do: the newest version was made of the same, by the same."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from curate.build.inputs import Input
from curate.build.options import Options
from curate.build.records import allowed_bad
from curate.build.stored import StoredInput
from curate.recipe import Recipe
from curate.store import Version

MADE_BY: Final = ("curate", "packages", "reader", "limit", "tombstones", "references")
"""What of a manifest has an influence on a version beside its inputs and its recipe."""


def is_unchanged(
    version: Version | None,
    recipe: Recipe,
    inputs: Sequence[Input | StoredInput],
    manifest: Mapping[str, Any],
    options: Options,
) -> bool:
    """Whether a build would make this version again, by what it would be made of."""
    if version is None or version.recipe_hash != recipe.hash():
        return False
    told = [one.described(0, 0) for one in inputs]
    now, then = (
        sorted((one["source"], one["file"], one["sha256"]) for one in each)
        for each in (told, version.inputs)
    )
    if now != then or any(version.manifest.get(name) != manifest[name] for name in MADE_BY):
        return False
    read_count = sum(one["records"] + one["quarantined"] for one in version.inputs)
    return version.quarantined <= allowed_bad(read_count, options.max_bad)
