"""Telephone numbers that are reserved for fiction, and belong to nobody."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

_NORTH_AMERICA: Final = 1
"""The country code of all countries of the North American Numbering Plan."""

_RANGES: Final = {
    44: (
        *("1134960###", "1144960###", "1154960###", "1164960###", "1174960###", "1184960###"),
        *("1214960###", "1314960###", "1414960###", "1514960###", "1614960###", "1914980###"),
        *("2079460###", "2920180###", "1632960###", "7700900###", "8081570###", "3069990###"),
    ),
    61: ("25550####", "27010####", "35550####", "37010####", "75550####", "77010####", "85550####"),
    33: ("19900####", "26191####", "35301####", "46571####", "53649####", "63998####"),
    49: ("3023125###", "6990009###", "4066969###", "2214710###", "8999998###"),
    353: ("2091#####",),
    46: ("3139006##", "4062804##", "8465004##", "9803192##"),
}
"""National numbers by country code, # for any digit.

United Kingdom: Ofcom, "Telephone numbers for use in TV and radio drama programmes". Australia:
ACMA, "Phone numbers for use in TV shows, films and creative works"; mobile numbers become numbers
of fixed lines, as only some dozens are reserved. France: Arcep, decision 2018-0881, numbers for
audiovisual works. Germany: Bundesnetzagentur, "Rufnummern für Medienproduktionen". Ireland: ComReg,
National Numbering Scheme, 020 91. Sweden: PTS, numbers for use in books and films.
"""


def fictional(number: Any) -> Sequence[str]:
    """The ranges for national numbers like one that is parsed: # for any digit, nothing if none.

    They have as many digits, and begin with the same where such a range is reserved. Those of North
    America are 555-0100 to 555-0199 of each area (NANPA, ATIS-0300115), in areas of its country.
    """
    from phonenumbers import national_significant_number, region_code_for_number

    national = national_significant_number(number)
    if number.country_code == _NORTH_AMERICA:
        return _american(region_code_for_number(number) or "US") if len(national) == 10 else ()
    ranges = [one for one in _RANGES.get(number.country_code, ()) if len(one) == len(national)]
    return [one for one in ranges if one[0] == national[0]] or ranges


@cache
def _american(region: str) -> tuple[str, ...]:
    import phonenumbers as numbers

    kinds = (numbers.PhoneNumberType.FIXED_LINE, numbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    found = []
    for area in range(200, 1000):
        number = numbers.parse(f"+1{area}5550100", None)
        if (
            numbers.region_code_for_number(number) == region
            and numbers.number_type(number) in kinds
        ):
            found.append(f"{area}55501##")
    return tuple(found) or _american("US")
