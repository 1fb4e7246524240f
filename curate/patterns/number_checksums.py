"""Check digits of numbers that people and things have: whether what was found is such a number."""

from typing import Final

_VERHOEFF_PERMUTATION: Final = "1576283094"
"""The permutation of the digits 0 to 9 that is applied once more at each place."""

_VIN_VALUES: Final = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True))
_VIN_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_MRZ_WEIGHTS: Final = (7, 3, 1)
_MRZ_CHARACTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")


def luhn(value: str) -> bool:
    """The digits fulfil the Luhn formula (ISO/IEC 7812-1, annex B); other signs do not count.

    >>> luhn("4012 8888 8888 1881"), luhn("4012888888881882")
    (True, False)
    """
    digits = [int(char) for char in value if char.isdecimal()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return len(digits) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def mod97(value: str) -> bool:
    """The first four letters and digits moved to the end leave 1 modulo 97 (IBAN, ISO 13616).

    >>> mod97("GB82 WEST 1234 5698 7654 32"), mod97("GB82 WEST 1234 5698 7654 33")
    (True, False)
    """
    bare = _letters_and_digits(value)
    return len(bare) > 4 and _modulo_97(bare[4:] + bare[:4]) == 1


def mod97_10(value: str) -> bool:
    """The letters and digits, A being 10, leave 1 modulo 97 (ISO/IEC 7064, MOD 97-10).

    >>> mod97_10("5493001KJTIIGC8Y1R12"), mod97_10("5493001KJTIIGC8Y1R13")
    (True, False)
    """
    bare = _letters_and_digits(value)
    return len(bare) > 2 and _modulo_97(bare) == 1


def verhoeff(value: str) -> bool:
    """The digits fulfil Verhoeff's check over the dihedral group of order 10 (Verhoeff 1969).

    >>> verhoeff("2363"), verhoeff("2364")
    (True, False)
    """
    digits = [int(char) for char in value if char.isdecimal()]
    check = 0
    for place, digit in enumerate(reversed(digits)):
        for _ in range(place % 8):
            digit = int(_VERHOEFF_PERMUTATION[digit])
        check = _dihedral(check, digit)
    return len(digits) > 1 and check == 0


def _dihedral(left: int, right: int) -> int:
    """The product of two elements: 0 to 4 are rotations of a pentagon, 5 to 9 reflections."""
    turned = right if left < 5 else -right
    return (left + turned) % 5 + 5 * ((left < 5) == (right >= 5))


def isin(value: str) -> bool:
    """The Luhn formula over digits, a letter standing for its number, A being 10 (ISO 6166).

    >>> isin("US0378331005"), isin("US0378331006")
    (True, False)
    """
    return luhn(_digits(_letters_and_digits(value)))


def vin(value: str) -> bool:
    """The ninth character is the weighted sum of all 17 modulo 11 (49 CFR 565.15, table III to V).

    >>> vin("1M8GDM9AXKP042788"), vin("1M8GDM9A1KP042788")
    (True, False)
    """
    bare = _letters_and_digits(value)
    values = [_VIN_VALUES.get(char, char) for char in bare]
    if len(bare) != len(_VIN_WEIGHTS) or not all(map(str.isdecimal, values)):
        return False
    total = sum(int(each) * weight for each, weight in zip(values, _VIN_WEIGHTS, strict=True))
    return bare[8] == "0123456789X"[total % 11]


def mrz(value: str) -> bool:
    """The last line of a machine-readable zone holds its check digits (ICAO Doc 9303, part 3, 4.9).

    Of lines of 44 and 36 characters, the second of a passport (TD3) and of a card (TD2), those of
    the number, the date of birth, the date of expiry and the composite are looked at.

    >>> mrz("L898902C36UTO7408122F1204159ZE184226B<<<<<10")
    True
    """
    line = value.rpartition("\n")[2].strip()
    if len(line) not in (36, 44) or not set(line) <= _MRZ_CHARACTERS:
        return False
    parts = (line[0:10], line[13:20], line[21:28], line[0:10] + line[13:20] + line[21:])
    return all(_mrz_digit(part[:-1]) == part[-1] for part in parts)


def _mrz_digit(part: str) -> str:
    values = (0 if char == "<" else int(char, 36) for char in part)
    return str(sum(v * _MRZ_WEIGHTS[place % 3] for place, v in enumerate(values)) % 10)


def _letters_and_digits(value: str) -> str:
    return "".join(char for char in value.upper() if char.isascii() and char.isalnum())


def _digits(bare: str) -> str:
    """Letters and digits as digits, A being 10 and Z 35."""
    return "".join(str(int(char, 36)) for char in bare)


def _modulo_97(bare: str) -> int:
    rest = 0
    for digit in _digits(bare):
        rest = (rest * 10 + int(digit)) % 97
    return rest
