"""Text for the scale corpus: sentences of four languages with Zipf's frequencies of words.

Everything follows from a seed and a counter through one integer hash (splitmix64, Steele, Lea and
Flood 2014, figure 17), so that the same texts come out whatever the machine or version of numpy.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.uint64]

TOPICS: Final = (
    *("billing", "shipping", "returns", "accounts"),
    *("devices", "software", "travel", "health"),
)
LANGUAGES: Final = ("en", "de", "es", "fr")
HEADS: Final = {
    "en": "the to of and a in is it you that for on with this as can be are not your if when from "
    "have at will by an or was please then order we do there time first one more after page "
    "setting account open choose send check",
    "de": "die der und in zu den das nicht von sie ist des sich mit dem dass er es ein ich auf so "
    "eine auch als an nach wie im für man aber aus durch wenn nur war noch werden bei hat wir "
    "können bitte schon über dann seite konto öffnen wählen prüfen",
    "es": "de la que el en y a los se del las un por con no una su para es al lo como más o pero "
    "sus le ya este sí porque esta entre cuando muy sin sobre también me hasta hay donde quien "
    "pedido cuenta página abrir elegir enviar comprobar número",
    "fr": "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce "
    "il sont avec mais comme ou si leur y dont aux même être deux cette fait été aussi on nous "
    "page compte commande ouvrir choisir envoyer vérifier numéro après",
}
SYLLABLES: Final = {
    "en": "con ter in pro mer ta der ing ment ly pre ver al ti er so ra ble st or ex per ran sto "
    "lin ket war sen",
    "de": "ge be ver schen stel ung auf lich keit wer tig hal ab ein rich zu gro fah len schaft "
    "kön mög tra ban sen dig nis tel",
    "es": "ca ción mi to ra do con pe li sa men te re bo cu ner va di no ma fi ga lla ñe tor es pa "
    "ti",
    "fr": "tion mé re ce li eur a ment po que du ver an ou pre té bou chon gé in sou la ri en fi "
    "cha vre au",
}
SHARES: Final = (70, 12, 10, 8)
"""Percent of the records in each language."""

TAIL: Final = 9_000
"""Words of a language beside its most frequent ones."""
TURNED: Final = 1_000
"""How far the list of a language's rarer words is turned from topic to topic."""
POOL: Final = (15_000, 4_000, 4_000, 4_000)
"""Sentences for each topic of each language."""
FORMS: Final = ("", ",", ".", "?", "!")
MOST_WORDS: Final = 16


def salted(*names: object) -> int:
    """A 64-bit number for a purpose, such as the seed and what is drawn."""
    return int.from_bytes(hashlib.sha256(repr(names).encode()).digest()[:8], "little")


def mixed(numbers: npt.NDArray[np.integer], salt: int) -> Ints:
    """64 well-mixed bits of each number: a hash, and so a random draw that needs no state."""
    bits = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(salt)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        bits = (bits ^ (bits >> np.uint64(shift))) * np.uint64(factor)
    return bits ^ (bits >> np.uint64(31))


def drawn(numbers: npt.NDArray[np.integer], below: int, salt: int) -> npt.NDArray[np.int64]:
    """For each number a draw from 0 to `below` - 1."""
    return (mixed(numbers, salt) % np.uint64(below)).astype(np.int64)


class Sentences(NamedTuple):
    """All sentences: the plain ones, then each once more with two words changed."""

    texts: pa.StringArray
    plain: int
    """How many are plain; a sentence's other form stands this much further on."""
    starts: npt.NDArray[np.int64]
    """Where a language begins."""

    def pick(
        self,
        languages: npt.NDArray[np.int64],
        topics: npt.NDArray[np.int64],
        draws: Ints,
    ) -> npt.NDArray[np.int64]:
        """For each draw the place of a sentence of its language and topic."""
        sizes = np.array(POOL, np.int64)[languages]
        offsets = (draws % sizes.astype(np.uint64)).astype(np.int64)
        return np.asarray(self.starts[languages] + topics * sizes + offsets, np.int64)


@lru_cache(maxsize=1)
def sentences(seed: int) -> Sentences:
    """Make the sentences of a seed."""
    parts = [_of_language(place, seed) for place in range(len(LANGUAGES))]
    sizes = np.array(POOL, np.int64) * len(TOPICS)
    texts = pa.concat_arrays([plain for plain, _ in parts] + [other for _, other in parts])
    return Sentences(texts, int(sizes.sum()), np.concatenate([[0], np.cumsum(sizes)[:-1]]))


def _of_language(place: int, seed: int) -> tuple[pa.StringArray, pa.StringArray]:
    language, count = LANGUAGES[place], POOL[place] * len(TOPICS)
    words = _words(language, seed)
    salt = salted(seed, "sentences", language)
    lengths = 5 + drawn(np.arange(count), MOST_WORDS - 4, salt)
    rows = np.repeat(np.arange(count), lengths)
    starts = np.cumsum(lengths) - lengths
    places = np.arange(len(rows)) - starts[rows]
    keys = rows * 64 + places
    chosen = _ranked(keys, rows // POOL[place], len(words), salted(seed, "words", language))
    other = _ranked(keys, rows // POOL[place], len(words), salted(seed, "others", language))
    # Two of the words, never the first: they are not told apart by their capitals alone.
    first = 1 + drawn(np.arange(count), 2, salt + 1)
    changed = np.where((places == first[rows]) | (places == first[rows] + 2), other, chosen)
    forms = _forms(rows, places, lengths, salt)
    table = _forms_of(words)
    offsets = pa.array(np.concatenate([starts, [len(rows)]]).astype(np.int32))
    return (
        _joined(table, forms * len(words) + chosen, offsets),
        _joined(table, forms * len(words) + changed, offsets),
    )


def _words(language: str, seed: int) -> list[str]:
    syllables = SYLLABLES[language].split()
    numbers = np.arange(TAIL * 4)
    draws = drawn(numbers, len(syllables), salted(seed, "syllables", language)).reshape(TAIL, 4)
    lengths = 2 + drawn(np.arange(TAIL), 2, salted(seed, "lengths", language))
    made = [
        "".join(syllables[draw] for draw in row[:length])
        for row, length in zip(draws.tolist(), lengths.tolist(), strict=True)
    ]
    return [*HEADS[language].split(), *made]


def _ranked(
    keys: npt.NDArray[np.int64], topics: npt.NDArray[np.int64], words: int, salt: int
) -> npt.NDArray[np.int64]:
    """Words by Zipf's law with Mandelbrot's offset; the rarer ones depend on the topic."""
    weights = np.cumsum(1 / (np.arange(words) + 2.7))
    thresholds = (weights / weights[-1] * 2.0**53).astype(np.uint64)
    ranks = np.searchsorted(thresholds, mixed(keys, salt) >> np.uint64(11), side="right")
    ranks = np.minimum(ranks, words - 1)
    head = words - TAIL
    turned = head + (ranks - head + topics * TURNED) % TAIL
    return np.asarray(np.where(ranks < head, ranks, turned), np.int64)


def _forms(
    rows: npt.NDArray[np.int64],
    places: npt.NDArray[np.int64],
    lengths: npt.NDArray[np.int64],
    salt: int,
) -> npt.NDArray[np.int64]:
    """Which form each word has: small, then a mark of `FORMS`; capitals come first of all."""
    forms = np.zeros(len(rows), np.int64)
    comma = 2 + drawn(np.arange(len(lengths)), 12, salt + 2)
    forms[places == comma[rows]] = 1
    mark = np.array([2, 2, 2, 2, 2, 2, 2, 3, 3, 4])[drawn(np.arange(len(lengths)), 10, salt + 3)]
    last = places == lengths[rows] - 1
    forms[last] = mark[rows[last]]
    forms[places == 0] = len(FORMS)
    return forms


def _forms_of(words: Sequence[str]) -> pa.StringArray:
    marked = [f"{word}{mark}" for mark in FORMS for word in words]
    return pa.array([*marked, *(word.capitalize() for word in words)])


def _joined(
    table: pa.StringArray, chosen: npt.NDArray[np.int64], offsets: pa.Array
) -> pa.StringArray:
    words = table.take(pa.array(chosen))
    return pc.binary_join(pa.ListArray.from_arrays(offsets, words), " ")
