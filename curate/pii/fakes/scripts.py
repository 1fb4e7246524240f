"""Which script a text is in, and which of Faker's locales are written in it."""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

LOCALES: Final[Mapping[str, tuple[str, ...]]] = {
    "LATIN": (
        *("en_US", "en_GB", "es_ES", "fr_FR", "it_IT", "pt_BR", "pl_PL", "de_DE", "nl_NL"),
        *("sv_SE", "da_DK", "no_NO", "fi_FI", "cs_CZ", "sk_SK", "hu_HU", "ro_RO", "hr_HR"),
        *("sl_SI", "lt_LT", "lv_LV", "et_EE", "tr_TR", "az_AZ", "vi_VN", "id_ID", "en_IN"),
        *("is_IS", "pt_PT", "es_MX", "es_CO", "de_AT", "de_CH", "nl_BE", "fr_CA", "en_IE"),
        *("yo_NG", "ig_NG", "ha_NG", "zu_ZA", "en_KE", "uz_UZ", "en_PK", "en_NZ", "en"),
    ),
    "CYRILLIC": ("ru_RU", "uk_UA", "bg_BG", "mk_MK"),
    "GREEK": ("el_GR",),
    "ARABIC": ("ar_AA", "ar_DZ", "fa_IR"),
    "HEBREW": ("he_IL",),
    "ARMENIAN": ("hy_AM",),
    "GEORGIAN": ("ka_GE",),
    "DEVANAGARI": ("hi_IN", "mr_IN", "ne_NP"),
    "BENGALI": ("bn_BD",),
    "GUJARATI": ("gu_IN",),
    "ORIYA": ("or_IN",),
    "SINHALA": ("si_LK",),
    "TAMIL": ("ta_IN",),
    "THAI": ("th_TH",),
    "CJK": ("zh_CN", "zh_TW", "ja_JP"),
    "HIRAGANA": ("ja_JP",),
    "KATAKANA": ("ja_JP",),
    "HANGUL": ("ko_KR",),
}
"""By the first word of the Unicode names of the script's letters. Of locales that have a name in
common the first decides what it is, and the first of all stands for names that none has."""

UNSPACED: Final = frozenset(("CJK", "HIRAGANA", "KATAKANA", "HANGUL"))
"""Scripts in which the parts of a name may stand without a space."""

_JOINERS: Final = "\u200c\u200d"


def script_of(text: str) -> str:
    """The script of the first letter, by the first word of its Unicode name; of none, "".

    >>> script_of("3. Иванова"), script_of("王"), script_of("42")
    ('CYRILLIC', 'CJK', '')
    """
    return next((_script(char) for char in text if char.isalpha()), "")


@lru_cache(maxsize=4096)
def _script(char: str) -> str:
    return unicodedata.name(char, "").partition(" ")[0]


@lru_cache(maxsize=4096)
def is_of_word(char: str) -> bool:
    """A letter, or a mark or joiner that stands with letters."""
    return unicodedata.category(char)[0] in "LM" or char in _JOINERS
