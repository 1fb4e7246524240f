"""Made-up tokens with the checksums of their issuers, drawn where they are needed."""

import random
import string
import zlib

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase


def drawn(draw: random.Random, length: int, alphabet: str = _BASE62) -> str:
    return "".join(draw.choices(alphabet, k=length))


def github(prefix: str, draw: random.Random) -> str:
    """A token in the form of GitHub and npm."""
    body = drawn(draw, 30)
    number, check = zlib.crc32(body.encode()), ""
    for _ in range(6):
        check, number = _BASE62[number % 62] + check, number // 62
    return prefix + body + check


def grafana(draw: random.Random) -> str:
    body = "glsa_" + drawn(draw, 32)
    return f"{body}_{zlib.crc32(body.encode()).to_bytes(4, 'little').hex()}"
