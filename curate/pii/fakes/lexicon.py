"""What a name is: first, middle or last, of women or men, and where."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, Literal, NamedTuple

from curate.pii.fakes.form import folded
from curate.pii.fakes.lists import listed
from curate.pii.fakes.scripts import LOCALES, is_of_word, script_of

Role = Literal["first", "middle", "last"]
Gender = Literal["female", "male", ""]
Names = Mapping[tuple[Role, Gender], tuple[str, ...]]

_ATTRIBUTES: Final[Mapping[tuple[Role, Gender], tuple[str, ...]]] = {
    ("first", "female"): ("first_names_female",),
    ("first", "male"): ("first_names_male",),
    ("first", ""): ("first_names", "first_names_unisex"),
    ("middle", "female"): ("middle_names_female",),
    ("middle", "male"): ("middle_names_male",),
    ("middle", ""): ("middle_names",),
    ("last", "female"): ("last_names_female",),
    ("last", "male"): ("last_names_male", "male_last_names"),
    ("last", ""): ("last_names", "last_names_unisex", "unisex_last_names"),
}
_KANA: Final[Mapping[tuple[Role, Gender], tuple[str, ...]]] = {
    ("first", "female"): ("first_kana_names_female",),
    ("first", "male"): ("first_kana_names_male",),
    ("last", ""): ("last_kana_names",),
}
_GENDERS: Final[tuple[Gender, Gender]] = ("female", "male")
_ENDINGS: Final = (3, 2, 1)
"""Letters at the end of a name by which it is compared with others."""

_TO_HIRAGANA: Final = {point: point - 0x60 for point in range(0x30A1, 0x30F7)}


class Kind(NamedTuple):
    """What a name is taken for."""

    locale: str
    role: Role
    gender: Gender


class Lexicon:
    """The names of a script."""

    def __init__(self, script: str) -> None:
        """Raises `MissingExtraError` without Faker."""
        self._names = {locale: _names(script, locale) for locale in LOCALES[script]}
        self._alphabets: dict[str, frozenset[str]] = {}
        votes: dict[str, Counter[Role]] = defaultdict(Counter)
        self._where: dict[tuple[str, Role], str] = {}
        for locale, names in self._names.items():
            alphabet: set[str] = set()
            for role in ("first", "middle", "last"):
                own = {
                    folded(name)
                    for (each, _), some in names.items()
                    if each == role
                    for name in some
                }
                alphabet.update(*own)
                for word in own:
                    votes[word][role] += 1
                    self._where.setdefault((word, role), locale)
            self._alphabets[locale] = frozenset(alphabet)
        roles = {word: _likeliest(counted) for word, counted in votes.items()}
        self._known = {word: (self._where[word, role], role) for word, role in roles.items()}

    def knows(self, word: str) -> bool:
        """Whether any list has a name."""
        return folded(word) in self._known

    def has(self, word: str, role: Role) -> bool:
        """Whether a locale has a name in a role."""
        return (folded(word), role) in self._where

    def kind(self, word: str, role: Role | None = None) -> Kind:
        """What a name is, in this role if one is given.

        A name that is both is what more locales have it as, and else a first name; one that none
        has is a last name of the first locale that has the most of its letters.
        """
        plain = folded(word)
        locale, known = self._known.get(plain) or (self._nearest(plain), "last")
        if role is not None and role != known:
            locale = self._where.get((plain, role)) or self._nearest(plain)
        role = role or known
        return Kind(locale, role, self._gender(locale, role, plain))

    def like(self, kind: Kind) -> Sequence[str]:
        """Names of a kind; of any gender where the lists have none of that."""
        names = self._names[kind.locale]
        if kind.gender:
            own = names.get((kind.role, kind.gender), ())
            return own or names[kind.role, ""]
        return names[kind.role, ""]

    def _gender(self, locale: str, role: Role, plain: str) -> Gender:
        names = self._names[locale]
        of_women, of_men = (plain in _folded(names.get((role, one), ())) for one in _GENDERS)
        if of_women == of_men and role == "last":
            return _by_ending(plain, names)
        if of_women and of_men:
            of_women, of_men = self._most(role, plain)
        if of_women == of_men:
            return ""
        return "female" if of_women else "male"

    def _most(self, role: Role, plain: str) -> tuple[bool, bool]:
        """Whether more locales have a name of women than of men, and the other way round."""
        women, men = (
            sum(plain in _folded(names.get((role, one), ())) for names in self._names.values())
            for one in _GENDERS
        )
        return women > men, men > women

    def _nearest(self, plain: str) -> str:
        letters = set(plain)
        with_last = (locale for locale, names in self._names.items() if names["last", ""])
        return max(with_last, key=lambda locale: len(letters & self._alphabets[locale]))


@cache
def lexicon(script: str) -> Lexicon | None:
    """The names of a script; None where Faker has none."""
    return Lexicon(script) if script in LOCALES else None


def _likeliest(counted: "Counter[Role]") -> Role:
    roles: tuple[Role, ...] = ("first", "middle", "last")
    return max(roles, key=lambda role: counted[role])


def _by_ending(plain: str, names: Names) -> Gender:
    """Of women or men, where more last names of one than of the other end in the same letters."""
    lists = [_folded(names.get(("last", gender), ())) for gender in _GENDERS]
    for length in _ENDINGS:
        of_women, of_men = (sum(name.endswith(plain[-length:]) for name in some) for some in lists)
        if of_women != of_men:
            return "female" if of_women > of_men else "male"
    return ""


@cache
def _folded(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(folded, names))


def _names(script: str, locale: str) -> Names:
    """The names by role and gender; for every role that a locale has, all under no gender."""
    names: dict[tuple[Role, Gender], tuple[str, ...]] = {}
    kana = script in ("HIRAGANA", "KATAKANA")
    for (role, gender), attributes in (_KANA if kana else _ATTRIBUTES).items():
        some = listed("person", locale, *attributes)
        if script == "HIRAGANA":
            some = tuple(name.translate(_TO_HIRAGANA) for name in some)
        names[role, gender] = tuple(name for name in some if _is_one_word(name, script))
    for role in ("first", "middle", "last"):
        every = {name for (each, _), some in names.items() if each == role for name in some}
        names[role, ""] = tuple(sorted(every))
    return names


def _is_one_word(name: str, script: str) -> bool:
    letters = all(is_of_word(char) or char in "'’" for char in name)
    return letters and script_of(name) == script and (len(name) > 1 or script in ("CJK", "HANGUL"))
