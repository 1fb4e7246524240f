"""A WordNet of a few words, in the layout of Princeton's files."""

from pathlib import Path

MEANINGS = {
    "noun": [["film", "movie", "motion_picture"], ["child", "kid"], ["answer", "reply"]],
    "verb": [["like", "enjoy", "love"], ["answer", "reply", "respond"], ["hate", "detest"]],
    "adj": [["good", "great", "excellent"], ["bad", "awful", "terrible"], ["fast", "quick"]],
    "adv": [["really", "truly"]],
}
OPPOSITE = {"good": "bad", "bad": "good", "like": "hate", "hate": "like"}
_LETTER = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}


def small_wordnet(folder: Path) -> Path:
    """Write it; nouns have an irregular plural, and some words an antonym."""
    folder.mkdir(parents=True, exist_ok=True)
    for part, meanings in MEANINGS.items():
        lines = _data(part, meanings)
        offsets = [sum(map(len, lines[:at])) for at in range(1, len(lines))]
        (folder / f"data.{part}").write_text("".join(lines))
        index = ["  1 This is no licence.\n"]
        for word in sorted({word for words in meanings for word in words}):
            of = [o for o, words in zip(offsets, meanings, strict=True) if word in words]
            numbers = " ".join(f"{offset:08d}" for offset in of)
            index.append(f"{word} {_LETTER[part]} {len(of)} 0 {len(of)} 1 {numbers}  \n")
        (folder / f"index.{part}").write_text("".join(index))
    (folder / "noun.exc").write_text("children child\n")
    return folder


def _data(part: str, meanings: list[list[str]]) -> list[str]:
    """Lines of one length before and after the offsets are known."""
    head = "  1 This is no licence.\n"
    for_size = [_line(0, part, words, {}) for words in meanings]
    offsets = [len(head) + sum(map(len, for_size[:at])) for at in range(len(meanings))]
    where = {
        word: (offset, at + 1)
        for offset, words in zip(offsets, meanings, strict=True)
        for at, word in enumerate(words)
    }
    made = [_line(o, part, words, where) for o, words in zip(offsets, meanings, strict=True)]
    return [head, *made]


def _line(offset: int, part: str, words: list[str], where: dict[str, tuple[int, int]]) -> str:
    listed = " ".join(f"{word} 0" for word in words)
    pointers = []
    for at, word in enumerate(words, 1):
        if word in OPPOSITE:
            there, place = where.get(OPPOSITE[word], (0, 0))
            pointers.append(f"! {there:08d} {_LETTER[part]} {at:02x}{place:02x}")
    told = " ".join([f"{len(pointers):03d}", *pointers])
    return f"{offset:08d} 00 {_LETTER[part]} {len(words):02x} {listed} {told} | a meaning\n"
