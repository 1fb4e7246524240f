"""Names of companies: another name beside the same legal form."""

from functools import cache, lru_cache
from typing import Final

from curate.pii.fakes.draws import Draws, Source
from curate.pii.fakes.form import cased, folded, shuffled
from curate.pii.fakes.lexicon import lexicon
from curate.pii.fakes.lists import listed
from curate.pii.fakes.scripts import LOCALES, UNSPACED, script_of

COMPANIES: Final = "ORGANIZATION"
"""The entity by which every company is drawn."""

_FORMS: Final = (
    *("Inc", "Ltd", "Limited", "LLC", "LLP", "PLC", "Corp", "Corporation", "Company", "Co", "GmbH"),
    *("AG", "KG", "SE", "SA", "SARL", "SAS", "SL", "SpA", "Srl", "BV", "NV", "AB", "AS", "Oy"),
    *("Group", "Holding", "Holdings", "Foundation", "University", "Bank", "Institute", "and Sons"),
    *("University of", "Bank of"),
)
_USUAL_FORMS: Final = ("Group", "Inc", "LLC", "Ltd", "PLC", "and Sons")
"""For names in the Latin script that have none."""

_IN_FRONT: Final = ("ja_JP", "ru_RU")
"""Locales whose companies have their legal form before the name."""

_SIGNS: Final = ' ,.&«»"“”„\u00a0\u3000'


def company(source: Source, value: str) -> str:
    """A company with the legal form of the value, or one of its script where it has none.

    The name is a last name, for one of several words two; the same name has the same one with any
    legal form, and with none.
    """
    start, end = _name_in(value)
    name = value[start:end]
    made = cased(name, _another(source.key, folded(name)))
    if (start, end) == (0, len(value)):
        made += cased(name, _form(source.key, folded(name)))
    return value[:start] + made + value[end:]


def _name_in(value: str) -> tuple[int, int]:
    """Where the name stands between a legal form before and one behind: [start, end)."""
    script, plain = script_of(value), value.casefold()
    start, end = 0, len(value.rstrip(_SIGNS))
    if len(plain) != len(value):
        return 0, len(value)
    for form in _forms(script) if plain.startswith(_forms(script)) else ():
        rest = value[len(form) : end]
        if plain.startswith(form) and _apart(script, rest[:1]) and rest.strip(_SIGNS):
            start = end - len(rest.lstrip(_SIGNS))
            break
    for form in _forms(script) if plain[:end].endswith(_forms(script)) else ():
        rest = value[start : end - len(form)]
        if plain[:end].endswith(form) and _apart(script, rest[-1:]) and rest.strip(_SIGNS):
            return start, start + len(rest.rstrip(_SIGNS))
    return start, end if start else len(value)


def _apart(script: str, char: str) -> bool:
    return script in UNSPACED or not char.isalnum()


@cache
def _forms(script: str) -> tuple[str, ...]:
    """Legal forms of a script's companies in small letters, the longest first."""
    found = set(_FORMS) if script == "LATIN" else set()
    for locale in LOCALES.get(script, ()):
        found.update(listed("company", locale, "company_suffixes"))
        if locale in _IN_FRONT:
            found.update(listed("company", locale, "company_prefixes"))
    bare = {form.strip(_SIGNS).casefold() for form in found} - {""}
    return tuple(sorted(bare, key=lambda form: (-len(form), form)))


def _form(key: bytes, plain: str) -> str:
    """A legal form for a name that has none, as it stands behind it."""
    script = script_of(plain)
    locales = LOCALES.get(script, ())
    listed_forms = (listed("company", locale, "company_suffixes") for locale in locales)
    forms = _USUAL_FORMS if script == "LATIN" else next(filter(None, listed_forms), ())
    if not forms:
        return ""
    return ("" if script in UNSPACED else " ") + Source(key, COMPANIES).draws(plain, -1).one_of(
        forms
    )


@lru_cache(maxsize=1 << 16)
def _another(key: bytes, plain: str) -> str:
    """Another name than one that is folded."""
    script, words = script_of(plain), plain.split()
    known = lexicon(script)
    names = [] if known is None else known.like(known.kind(words[0], "last"))

    def make(draws: Draws) -> str:
        if not names:
            return shuffled(draws, plain).capitalize()
        between = "" if script in UNSPACED else " & " if script == "LATIN" else " "
        return between.join(draws.one_of(names) for _ in (words * 2 if not between else words)[:2])

    return Source(key, COMPANIES).another(plain, make) or plain
