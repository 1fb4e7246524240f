"""Texts made on the spot: plain ones, and hostile ones."""

import random
import re

WORDS = re.findall(
    r"\S+",
    """the of and to in is you that it was for on are as with his they at be this from I have or by
    one had not but what all were when we there can an your which their said if do will each about
    how up out them then she many some so these would other into has more her two like him see
    time could no make than first been its who now people my made over did down only way find use
    may water long little very after words called just where most know weather receive believe
    film good like answer fast bad something beginning separate definitely necessary Iphone
    McDonald NASA state-of-the-art don't
    """,
)
SIGNS = (",", ".", "!", "?", ";", ":", " (", ") ", " - ", '"', "'", "%", "...", " [x] ", "{", "}")
ODD = (
    "👨‍👩‍👧‍👦", "🇩🇪", "👍🏽", "e\u0301te\u0301", "שלום עולם", "مرحبا بالعالم", "你好，世界。",
    "こんにちは", "naïve", "ß", "İstanbul", "ﬁn", "\u200b", "\u202eabc\u202c", "\u00a0", "\t",
    "\n", "\r\n", "\u2028", "x² ½ Ⅷ", "ÅNGSTRÖM", "ǅ", "\ufeff", "\u0301", "_", "__", "a_b",
    "\x00", "\x1f",
)  # fmt: skip


def plain_texts(count: int, seed: int = 0) -> list[str]:
    """Sentences of words and punctuation; none begins or ends with white space."""
    draw = random.Random(seed)
    texts = []
    for _ in range(count):
        parts = []
        for _ in range(draw.randint(1, 30)):
            word = draw.choice(WORDS)
            parts.append(draw.choice((word, word, word, word.capitalize(), word.upper())))
            parts.append(draw.choice(SIGNS) if draw.random() < 0.2 else "")
            parts.append(draw.choice((" ", " ", " ", "  ", "\n")))
        texts.append("".join(parts).strip())
    return texts


def hostile_texts(count: int = 1000, seed: int = 1) -> list[str]:
    """What should trouble a reworder: nothing, emoji, long texts, mixed scripts, only code."""
    draw = random.Random(seed)
    special = [
        "", " ", "\n\n", ".", "?!", "a", "A", "1", "👍", "`x`", "```\nx = 1\n```", "~~~\nunclosed",
        "https://a.org/x?y=1", "a@b.org", "$x^2$", "{name}", "<b>bold</b>", "%s %d", "12 kg", "I",
        "word " * 20_000, "x" * 100_000, "{{ " * 20_000, "`" * 50_000, "a.b " * 25_000,
        "Ann Lee " * 12_500, "é́" * 30_000, "\n".join(["def f(x):", "    return x_1 + f(2)"] * 50),
    ]  # fmt: skip
    kept = ("https://a.org/b_c", "5.5 kg", "Ann Lee", "`a b`", "{name}", "<b>", "$x$", "me@x.org")
    while len(special) < count:
        parts = [
            draw.choice(
                (draw.choice(WORDS), draw.choice(ODD), draw.choice(kept), draw.choice(SIGNS))
            )
            for _ in range(draw.randint(1, 25))
        ]
        special.append(draw.choice((" ", "", " ")).join(parts))
    return special
