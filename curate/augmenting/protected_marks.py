"""What has a form of its own: addresses, placeholders, tags and formulas."""

import re
from collections.abc import Iterator
from typing import Final

import re2

_URL: Final = re2.compile(
    r"(?i)(?:[a-z][a-z0-9+.-]*://|www\.|(?:mailto|tel|doi|urn|data):)"
    r"[^\s\x{a0}\x{2000}-\x{200b}\x{3000}<>\"`\x{ab}\x{bb}\x{201c}\x{201d}]+"
    r"|(?:[A-Za-z0-9\x{a1}-\x{1fff}][A-Za-z0-9\x{a1}-\x{1fff}-]*\.)+(?:ai|app|at|au|be|biz|ca|ch|cn|co|com|de|dev|edu|es|eu|fr|gov|in"
    r"|info|io|it|jp|me|mil|net|nl|org|pl|ru|se|tv|uk|us)\b(?:[:/?#][^\s<>\"`]*)?"
)
_AFTER_URL: Final = ".,;:!?'\")]}*_"
_MAIL: Final = re2.compile(
    r"[A-Za-z0-9\x{a1}-\x{1fff}._%+'-]+@[A-Za-z0-9\x{a1}-\x{1fff}-]+"
    r"(?:\.[A-Za-z0-9\x{a1}-\x{1fff}-]+)+"
)
_PLACEHOLDER: Final = re2.compile(
    r"\{\{[^{}]*\}\}|\{%[^{}%]*%\}|\{#[^{}#]*#\}"
    r"|\$?\{[^\s{}=;,\"'<>()]+\}|\{\}"
    r"|<\|[^<>|]*\|>|<<[A-Z_]+>>"
    r"|%\([^\s()]+\)[#0+ -]*[0-9.]*[a-zA-Z]|%[#0+-]*[0-9]*(?:\.[0-9]+)?[sdiufFeEgGxXcrb@]\b"
    r"|\$[A-Za-z_][A-Za-z0-9_]*|\[/?[A-Z][A-Z0-9_ -]*\]|__[A-Z][A-Z0-9_]*__"
)
_TAG: Final = re2.compile(
    r"<[/!?]?[A-Za-z][^<>]*>|&(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#x[0-9A-Fa-f]+);"
)
_PAIRS: Final = (("$$", "$$"), (r"\(", r"\)"), (r"\[", r"\]"))
_ENVIRONMENT: Final = re.compile(r"\\(begin|end)\{[^{}\n]*\}")
_COMMAND: Final = re2.compile(r"\\[A-Za-z]+\*?(?:\[[^\[\]\n]*\])?(?:\{[^{}\n]*\})*")
_FORMULA: Final = re2.compile(r"\$[^\s$](?:[^$\n]*[^\s$])?\$")


def urls(text: str) -> Iterator[tuple[int, int]]:
    """URLs and domains, without the punctuation of the sentence behind them."""
    if "." not in text and ":" not in text:
        return
    for match in _URL.finditer(text):
        start, end = match.span()
        while end > start and text[end - 1] in _AFTER_URL and not _closes(text, start, end):
            end -= 1
        yield start, end


def _closes(text: str, start: int, end: int) -> bool:
    """Whether a URL ends with a bracket that opens within it: its path, not the sentence's."""
    return text[end - 1] == ")" and text.count("(", start, end) >= text.count(")", start, end)


def mail(text: str) -> Iterator[tuple[int, int]]:
    """Mail addresses."""
    if "@" in text:
        yield from (match.span() for match in _MAIL.finditer(text))


def placeholders(text: str) -> Iterator[tuple[int, int]]:
    """Placeholders of templates: {name}, {{ x }}, <|end|>, %s, $VAR, [NAME] and their like."""
    if any(sign in text for sign in "{<%$[_"):
        yield from (match.span() for match in _PLACEHOLDER.finditer(text))


def tags(text: str) -> Iterator[tuple[int, int]]:
    """Tags, comments and entities of HTML and XML."""
    if "<" in text or "&" in text:
        yield from _between(text, "<!--", "-->")
        yield from (match.span() for match in _TAG.finditer(text))


def math(text: str) -> Iterator[tuple[int, int]]:
    """Formulas of LaTeX, between their delimiters, and its commands.

    A formula between single dollars has no space within them and no digit behind, as Pandoc has it
    (`tex_math_dollars`), so that two prices are none.
    """
    if "\\" in text:
        yield from _environments(text)
        yield from (match.span() for match in _COMMAND.finditer(text))
    if "$" in text or "\\" in text:
        for opening, closing in _PAIRS:
            yield from _between(text, opening, closing)
    if "$" in text:
        for match in _FORMULA.finditer(text):
            start, end = match.span()
            if not text[end : end + 1].isdigit():
                yield start, end


def _between(text: str, opening: str, closing: str) -> Iterator[tuple[int, int]]:
    start = text.find(opening)
    while start >= 0:
        end = text.find(closing, start + len(opening))
        if end < 0:
            return
        yield start, end + len(closing)
        start = text.find(opening, end + len(closing))


def _environments(text: str) -> Iterator[tuple[int, int]]:
    r"""From the outermost \begin to its \end."""
    depth, start = 0, 0
    for match in _ENVIRONMENT.finditer(text):
        if match[1] == "begin":
            start = match.start() if depth == 0 else start
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                yield start, match.end()
