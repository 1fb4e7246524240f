"""What every page has: a head that forbids the network, its style and script, and its place."""

import base64
import hashlib
from collections.abc import Iterable
from pathlib import Path

from curate.errors import RefusedError
from curate.export.place import check_free, placed
from curate.history.html_assets import SCRIPT, STYLE
from curate.history.html_text import escaped

GENERATOR = '<meta name="generator" content="curate '
"""What tells a page of ours, which a later page may replace; the command follows."""


def write_whole(pieces: Iterable[str], out: Path) -> None:
    """Write a page, whole or not at all.

    Raises RefusedError where something else than a page stands there, StoreError where the disk
    refuses.
    """
    check_free(out, overwrite=True, is_folder=False)
    if out.exists() and GENERATOR.encode() not in _beginning(out):
        right = "Choose another place, or remove it yourself."
        raise RefusedError(str(out), "is no page that curate made", right)
    with placed(out) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        file.writelines(pieces)


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(2_000)


def head(command: str, title: str) -> str:
    """The beginning of a page, up to and with its heading."""
    policy = (
        f"default-src 'none'; style-src '{_hash(STYLE)}'; script-src '{_hash(SCRIPT)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">{GENERATOR}{command}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escaped(title)}</title><style>{STYLE}</style></head><body><main>\n"
        f"<h1>{escaped(title)}</h1>"
    )


def links(names: Iterable[str]) -> str:
    """The links to the parts of a page."""
    each = (f'<a href="#{name}">{name.capitalize()}</a>' for name in names)
    return f"<nav>{''.join(each)}</nav>\n"


def end() -> str:
    """The end of a page, with its script."""
    return f"</main><script>{SCRIPT}</script></body></html>\n"


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def tile(name: str, figure: str, below: str, style: str = "") -> str:
    """A figure with its name and a note."""
    return (
        f'<div class="tile"><span class="dim">{escaped(name)}</span>'
        f'<b class="{style}">{escaped(figure)}</b><span class="dim">{escaped(below)}</span></div>'
    )


def filter_bar(kinds: Iterable[tuple[str, str]], causes: Iterable[str], every: str) -> str:
    """What the script filters records by: words, kinds (name and style), causes by their number."""
    boxes = "".join(
        f'<label class="{style}"><input type="checkbox" name="change" value="{kind}" checked> '
        f"{kind}</label>"
        for kind, style in kinds
    )
    options = "".join(
        f'<option value="{number}">{escaped(cause)}</option>' for number, cause in enumerate(causes)
    )
    return (
        '<div class="bar" id="filter" hidden>'
        '<input type="search" id="search" placeholder="words, id, file ..." aria-label="search">'
        f'{boxes}<select id="cause" aria-label="cause"><option value="">{every}</option>'
        f'{options}</select><a href="#records" id="open">open or close all</a>'
        '<span class="dim" id="shown"></span></div>\n'
    )
