"""Texts that are hard to read: written down, and made by chance."""

from hypothesis import strategies as st

from curate.rulepacks import pack_bytes, pack_names, parse_pack
from curate.rulepacks.examples import example_record

ODD = [
    *("", " ", "\n", "\n\n\n", " \t\r\n ", "word", ".", "...", "…", "-", "•", "#", "\0"),
    *("我爱北京天安门。" * 30, "ภาษาไทยไม่มีช่องว่าง" * 12, "ไทย " * 40, "ニュース、ニュース。" * 20),
    *("שלום עולם " * 30, "مرحبا بالعالم؟ " * 30, "👩‍👩‍👧‍👦 " * 60),
    *("e\u0301 " * 55, "\u0301\u0301 \u200d", "\0\n\0\n", "\x1c\x1d\x1e\x1f"),
    *("a\r\nb\r\na\r\nb", "one\u2028two\u2029three\x0bfour\x0cfive\x85six", "a\tb\t\ta\tb"),
    *("x" * 1_000_000, "word " * 200, "a b " * 100, "the of\n" * 50, "• it\n" * 30),
    "```python\nx = 1\n~~~\n```\n````md\n```\ninner\n```\n````\n" * 3,
    *("." * 5000, ". . . " * 50, "..." * 40, "… " * 60, "wait....\nno.....\n" * 9, "# " * 40),
    *("The THE the, (the) of-of _of_ to2 be’ “and” that", "and\u0301 the\u200d ²the² \u212be"),
    *("１２３ - – — 。 １", "(End.) \n“End!” \n*End?*\nEnd. )\nEnd.x\n'\"\n_._"),
    *("  a  \na\n\ta\n\n\n\na  \n\n a", "\na\n", "\n\na\n\n", "᭎ \u1b4e\nx\u2024\n\u17d6\nx។"),
    *("-\n*\n-x\n* x\n- x\n•x\n‣", "ab c x ab c y a bc z " * 5, "##\n" * 20),
]


def examples() -> list[str]:
    """The texts of the examples of every shipped pack."""
    rules = [rule for name in pack_names() for rule in parse_pack(pack_bytes(name)).rules]
    shown = [each for rule in rules for each in (*rule.good, *rule.bad)]
    return [
        example_record(each, "text")["text"]
        for each in shown
        if isinstance(each, str) or "repeat" in each
    ]


_PIECES = [
    *("a", "the", "of", "and", "THE", " ", " ", " ", "\n", "\n", "\n\n", "\n\n\n", ".", "..."),
    *("…", "!", "?", "。", "世", "界", "カ", "ー", "ก", "ั", "é", "e\u0301", "1", "#", "-", "*"),
    *("•", "‣", '"', ")", "'", "_", "\t", "\r\n", "\u2028", "\x0b", "\x85", "\u3000", "\u200d"),
    *("\0", "１", "–", "٠", "ß", "🎈", "\u1b4e", "\u2024", "\u17d6", "x" * 29, "A line.\n"),
    "one two three four five six ",
]
_VOCABULARY = ["the", "of", "a", "ox", "ran", "home", "quickly", "-", "#", "7", "wait...", "So.\n"]

# Not those without a meaning yet: which are letters depends on the Unicode of a package.
_CHARACTERS = st.characters(exclude_categories=["Cs", "Cn"])

TEXTS = st.one_of(
    st.text(_CHARACTERS, max_size=60),
    st.lists(st.sampled_from(_PIECES), max_size=60).map("".join),
    # Few words, many of them: sequences come again, and numbers are next to the limits.
    st.lists(st.sampled_from(_VOCABULARY), min_size=40, max_size=70).map(" ".join),
    st.lists(st.sampled_from(["a", "b", "ab", "c"]), max_size=40).map(" ".join),
    st.lists(st.sampled_from(["- a", "b.", " b.", "wait…", "c", ""]), max_size=24).map("\n".join),
)

_LINES = [
    *("This line is of six words.", "So is that, it ends here!", "[1] Four words [2] are.[3]"),
    *("It is so. [12]", "And so on...", "Two words.", "one", " ", "\t", "", "A 'quoted' end'"),
    *(
        "Turn JavaScript on, or leave now.",
        "We use cookies, as all others do.",
        "Lorem ipsum dolor.",
    ),
    *(
        "It has a { in the middle of it.",
        "x" * 1001 + " is long, and so it goes.",
        "SALE NOW",
        "12 3",
    ),
    *("3 likes", "1.2K views!", "Sign-in now", "Read More...", "2 items in  cart", "no end [edit]"),
    *("He said zounds. Drat  it", "J. R. came. 好。好 e.g. this", "A line? (Yes.) “No!” she said."),
    "Twenty words of no great use are here so that a line of one word may go and it stays.",
]
PAGES = st.lists(st.sampled_from(_LINES), max_size=9).map("\n".join)
"""Pages of lines that rules on lines are about."""
