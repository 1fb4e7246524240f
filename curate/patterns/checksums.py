"""Checksums by the names that packs have for them."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Final

from curate.patterns import number_checksums, person_checksums, token_checksums

CHECKSUMS: Final[Mapping[str, Callable[[str], bool]]] = {
    "bsn": person_checksums.bsn,
    "cpf": person_checksums.cpf,
    "crc32-base62": token_checksums.crc32_base62,
    "crc32-hex": token_checksums.crc32_hex,
    "gs1": person_checksums.gs1,
    "isin": number_checksums.isin,
    "jwt": token_checksums.jwt,
    "luhn": number_checksums.luhn,
    "mod11-2": person_checksums.mod11_2,
    "mod97": number_checksums.mod97,
    "mod97-10": number_checksums.mod97_10,
    "mrz": number_checksums.mrz,
    "nir": person_checksums.nir,
    "snowflake": token_checksums.snowflake,
    "verhoeff": number_checksums.verhoeff,
    "vin": number_checksums.vin,
}
"""Each says whether a string that a pattern found fulfils it, and never raises."""


def unknown_checksum(name: str) -> str:
    """What to tell about a name that is none of them."""
    near = get_close_matches(name, CHECKSUMS, 1)
    guess = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(CHECKSUMS)}"
    return f"{name!r} is no checksum; {guess}"
