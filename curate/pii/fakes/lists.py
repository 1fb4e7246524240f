"""The lists of Faker's providers, as data: names, places and legal forms by locale."""

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal, TypeGuard

from curate.errors import MissingExtraError

Provider = Literal["address", "company", "person"]


def listed(provider: Provider, locale: str, *attributes: str) -> tuple[str, ...]:
    """What a locale's provider has in some lists: sorted, each once, without Faker's weights.

    Some of its lists are made of sets, whose order changes from process to process. What a locale
    lacks, and what Faker does not know in this version, is empty. Raises `MissingExtraError` where
    Faker is not installed.
    """
    here, default = _provider(provider, locale), _provider(provider, "")
    found: set[str] = set()
    for attribute in attributes:
        entries = getattr(here, attribute, None)
        if entries is not getattr(default, attribute, None) and _is_list(entries):
            found.update(_texts(entries))
    return tuple(sorted(found))


def _is_list(entries: object) -> TypeGuard[Iterable[Any]]:
    return isinstance(entries, (list, tuple, dict))


def _texts(entries: Iterable[Any]) -> Iterable[str]:
    """The entries, of those with a code the name behind it."""
    for entry in entries:
        text = entry if isinstance(entry, str) else entry[1]
        if text.strip():
            yield text.strip()


@cache
def _provider(provider: Provider, locale: str) -> Any:
    if find_spec("faker") is None:
        raise MissingExtraError("step pii: pseudonym", "Faker", "pii")
    name = f"faker.providers.{provider}" + (f".{locale}" if locale else "")
    return import_module(name).Provider if find_spec(name) is not None else None
