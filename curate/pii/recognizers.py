"""Presidio's recognizers that need no model: those of patterns, and of telephone numbers."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache, partial
from typing import Any, Final

from curate.errors import MissingExtraError
from curate.patterns.pack import EntityPack, parse_patterns
from curate.pii.lightly import import_presidio

LANGUAGE: Final = "en"
"""Every recognizer is made for one language, so that an engine asks all of them about a text."""

DEFAULT_ENTITIES: Final = (
    *("CREDIT_CARD", "CRYPTO", "EMAIL_ADDRESS", "IBAN_CODE", "IP_ADDRESS", "MAC_ADDRESS"),
    *("PHONE_NUMBER", "US_SSN"),
)
"""What tells who somebody is, or opens an account, and is rarely anything else."""

DEFAULT_THRESHOLD: Final = 0.4
"""The score of a telephone number without further evidence, and the least of a weak pattern, such
as nine digits for a US_SSN, that a word before it supports."""


@cache
def known_entities() -> Mapping[str, type[Any]]:
    """The recognizer of each entity, by name; raises `MissingExtraError` without Presidio."""
    try:
        import_presidio()
        from presidio_analyzer import PatternRecognizer, predefined_recognizers
        from presidio_analyzer.predefined_recognizers import PhoneRecognizer
    except ImportError as error:
        raise MissingExtraError("step pii", "presidio-analyzer", "pii") from error
    made = {}
    everything: dict[str, Any] = vars(predefined_recognizers)
    for _, each in sorted(everything.items()):
        if inspect.isclass(each) and issubclass(each, (PatternRecognizer, PhoneRecognizer)):
            kind: Any = each
            made[kind().supported_entities[0]] = each
    return dict(sorted(made.items()))


def country_of(entity: str) -> str | None:
    """The country whose documents an entity is of, as Presidio names it; None for all."""
    code: str | None = known_entities()[entity].COUNTRY_CODE
    return code


def unknown_entity(entity: str, own: Sequence[str] = (), named: Sequence[str] = ()) -> str:
    """What to tell about a name that no recognizer has.

    `own` are those of a pack, `named` those that a model finds.
    """
    names = (*own, *named, *known_entities())
    near = get_close_matches(entity.upper(), names, 1, 0.5)
    known = f"known {'' if named else 'without a model '}are {', '.join(names)}"
    guess = f"did you mean {near[0]!r}?" if near else known
    how = "by a pattern or by the model" if named else "by a pattern"
    return f"{entity!r} is no entity that is found {how}; {guess}"


def recognizers(entities: Sequence[str], pack: bytes = b"") -> list[Any]:
    """New recognizers of some entities, in the order of their names.

    `pack` is the YAML of a pack of patterns whose entities are known too, or nothing.
    """
    made = [_made(known_entities()[name]) for name in set(entities) - own_entities(pack)]
    if pack:
        from curate.pii.own import own_recognizers

        made += own_recognizers(_entity_pack(pack), entities, LANGUAGE)
    return sorted(made, key=lambda each: each.supported_entities[0])


def own_entities(pack: bytes) -> frozenset[str]:
    """The entities of a pack of patterns by its YAML; none of no pack."""
    return frozenset(rule.id for rule in _entity_pack(pack).entities) if pack else frozenset()


def _entity_pack(pack: bytes) -> EntityPack:
    parsed = parse_patterns(pack)
    assert isinstance(parsed, EntityPack)
    return parsed


def _made(kind: type[Any]) -> Any:
    from presidio_analyzer.predefined_recognizers import EmailRecognizer

    made = _offline_email() if kind is EmailRecognizer else kind(supported_language=LANGUAGE)
    check = getattr(made, "validate_result", None)
    if check is not None:
        made.validate_result = partial(_checked, check)
    return made


def _checked(check: Callable[[str], bool | None], pattern_text: str) -> bool | None:
    """What a recognizer's checksum says of a match; None, which leaves it as likely as its pattern.

    Presidio's own checks raise on some matches: that of IT_FISCAL_CODE on digits that are not
    ASCII, which its pattern takes, and that of SG_UEN on letters that its table lacks.
    """
    try:
        return check(pattern_text)
    except (KeyError, ValueError, IndexError):
        return None


def _offline_email() -> Any:
    """Presidio's own asks the network for today's list of domain suffixes, and then decides by it.

    This one decides by the list that comes with the package `tldextract`.
    """
    import tldextract
    from presidio_analyzer.predefined_recognizers import EmailRecognizer

    suffixes = tldextract.TLDExtract(cache_dir=None, suffix_list_urls=())

    class OfflineEmailRecognizer(EmailRecognizer):
        def validate_result(self, pattern_text: str) -> bool:
            return bool(suffixes(pattern_text).fqdn)

    return OfflineEmailRecognizer(supported_language=LANGUAGE, name=EmailRecognizer.__name__)
