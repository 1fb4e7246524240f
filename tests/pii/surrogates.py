"""A value of every kind that has surrogates of its own making."""

from importlib.util import find_spec

import pytest

for module in ("faker", "phonenumbers", "presidio_analyzer"):
    if find_spec(module) is None:
        pytest.skip(f"{module} is not installed", allow_module_level=True)

KEY = b"0123456789abcdef"
OTHER_KEY = b"fedcba9876543210"

NUMBERS = {
    "ABA_ROUTING_NUMBER": "121000358",
    "AU_ABN": "51 824 753 556",
    "AU_ACN": "004 085 616",
    "AU_MEDICARE": "2123 45670 1",
    "AU_TFN": "876 543 210",
    "CA_SIN": "130-692-544",
    "DE_TAX_ID": "65929970489",
    "DE_VAT_ID": "DE136695976",
    "ES_NIE": "X9613851N",
    "ES_NIF": "12345678Z",
    "FI_PERSONAL_IDENTITY_CODE": "131052-308T",
    "IN_AADHAAR": "312345678909",
    "IN_GSTIN": "27AAPFU0939F1ZV",
    "IT_FISCAL_CODE": "RSSMRA85T10A562S",
    "IT_VAT_CODE": "01333550323",
    "KR_BRN": "120-81-47521",
    "NG_NIN": "12345678902",
    "PL_PESEL": "44051401458",
    "SE_PERSONNUMMER": "811218-9876",
    "SG_NRIC_FIN": "S1234567D",
    "TR_NATIONAL_ID": "10000000146",
    "UK_NHS": "943-476-5919",
    "US_NPI": "1234567893",
    "ZA_ID_NUMBER": "8001015009087",
}
"""Numbers of countries that Presidio's recognizers say are right, by checksum or by form."""

OWN_NUMBERS = {
    "BR_CPF": ("111.444.777-35", "cpf"),
    "CH_AHV": ("756.9217.0769.85", "gs1"),
    "FR_NIR": ("2 55 08 14 168 025 38", "nir"),
    "IMEI": ("490154203237518", "luhn"),
    "NL_BSN": ("111222333", "bsn"),
    "ORCID": ("0000-0002-1825-0097", "mod11-2"),
    "VEHICLE_IDENTIFICATION_NUMBER": ("1M8GDM9AXKP042788", "vin"),
}
"""Numbers of the pack `pii`, each with its checksum."""

CARDS = ("4012-8888-8888-1881", "378282246310005", "5555 5555 5555 4444", "6011111111111117")
IBANS = ("DE89 3704 0044 0532 0130 00", "GB29NWBK60161331926819", "FR7630006000011234567890189")
WALLETS = (
    "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
    "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
    "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    "bc1p5d7rjq7g6rdk2yhzks9smlaqtedr4dekq08ge8ztwac72sfr9rusxg3297",
)
PHONES = (
    "(212) 555-0123",
    "+44 20 7946 0958",
    "+49 30 901820",
    "06 12 34 56 78",
    "+34 912 345 678",
)

VALUES = (
    *NUMBERS.items(),
    *((entity, value) for entity, (value, _) in OWN_NUMBERS.items()),
    *(("CREDIT_CARD", value) for value in CARDS),
    *(("IBAN_CODE", value) for value in IBANS),
    *(("CRYPTO", value) for value in WALLETS),
    *(("PHONE_NUMBER", value) for value in PHONES),
    ("DATE_TIME", "2019-12-01"),
    ("DATE_TIME", "3/4/2019"),
    ("EMAIL_ADDRESS", "jane.doe@acme.com"),
    ("EMAIL_ADDRESS", "jd77@acme.com"),
    ("ETHEREUM_ADDRESS", "0x52908400098527886E0F7030069857D2E4169EE7"),
    ("IP_ADDRESS", "8.8.8.8"),
    ("IP_ADDRESS", "2a00:1450:4001:81b:0:0:0:200e"),
    ("LOCATION", "12 Main Street, Springfield, IL 62704"),
    ("LOCATION", "Москва"),
    ("MAC_ADDRESS", "00:1B:44:11:3A:B7"),
    ("ORGANIZATION", "Acme Rocket Works Ltd"),
    ("PERSON", "Jane Doe"),
    ("PERSON", "王小明"),
    ("URL", "https://acme.com/users/jane?x=1"),
    ("US_SSN", "536-90-4399"),
    ("UUID", "550e8400-e29b-41d4-a716-446655440000"),
    ("EMPLOYEE_NUMBER", "E-12345"),
)
