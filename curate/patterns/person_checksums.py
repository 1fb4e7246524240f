"""Check digits of numbers that single countries and registers give to people."""


def mod11_2(value: str) -> bool:
    """The last character is the check of the others (ISO/IEC 7064, MOD 11-2), as in an ORCID iD.

    >>> mod11_2("0000-0002-1825-0097"), mod11_2("0000-0002-1825-0098")
    (True, False)
    """
    bare = _digits(value, "X")
    total = 0
    for char in bare[:-1]:
        total = (total + int(char if char != "X" else 10)) * 2
    return len(bare) > 1 and (12 - total % 11) % 11 == "0123456789X".index(bare[-1])


def gs1(value: str) -> bool:
    """The last digit is that of GS1 (General Specifications, 7.9), as in a Swiss AHV number.

    >>> gs1("756.9217.0769.85"), gs1("756.9217.0769.84")
    (True, False)
    """
    digits = _digits(value)
    weighted = (int(char) * (1, 3)[place % 2] for place, char in enumerate(reversed(digits)))
    return len(digits) > 1 and sum(weighted) % 10 == 0


def nir(value: str) -> bool:
    """The last two digits are 97 less the others modulo 97 (INSEE, numéro de sécurité sociale).

    The departments of Corsica, 2A and 2B, count as 19 and 18.

    >>> nir("2 55 08 14 168 025 38"), nir("2 55 08 14 168 025 39")
    (True, False)
    """
    bare = _digits(value.upper().replace("2A", "19").replace("2B", "18"))
    return len(bare) == 15 and 97 - int(bare[:13]) % 97 == int(bare[13:])


def cpf(value: str) -> bool:
    """The last two digits are weighted sums modulo 11 of those before (Receita Federal, CPF).

    >>> cpf("111.444.777-35"), cpf("111.444.777-36")
    (True, False)
    """
    digits = [int(char) for char in _digits(value)]
    if len(digits) != 11 or len(set(digits)) == 1:
        return False
    for known in (9, 10):
        weighted = sum(digit * (known + 1 - at) for at, digit in enumerate(digits[:known]))
        if weighted * 10 % 11 % 10 != digits[known]:
            return False
    return True


def bsn(value: str) -> bool:
    """The weighted sum is divisible by 11 (RvIG, burgerservicenummer: weights 9 to 2, then -1).

    >>> bsn("111222333"), bsn("111222334")
    (True, False)
    """
    digits = [int(char) for char in _digits(value)]
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    total = sum(digit * weight for digit, weight in zip(digits, weights, strict=False))
    return len(digits) == len(weights) and any(digits) and total % 11 == 0


def _digits(value: str, others: str = "") -> str:
    return "".join(c for c in value.upper() if (c.isascii() and c.isdecimal()) or c in others)
