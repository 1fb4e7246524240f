"""What commands print: plain text, tables, or one JSON document with --json."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

Function = TypeVar("Function", bound=Callable[..., Any])

PIPE_WIDTH = 120
"""Columns of prose where the output is not a terminal; a row of data is one line there."""

KEPT_WIDTH = 32
"""A column up to this wide is never narrowed: half an id or number is worth nothing."""
GAP = 2
"""Spaces between the columns of a table."""

_SYMBOLS = {
    **{code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\n\t"},
    0x7F: "\u2421",
    **{code: f"<{code:02X}>" for code in range(0x80, 0xA0)},
    **{
        code: f"<U+{code:04X}>"
        for start, end in [
            *((0x061C, 0x061C), (0x200B, 0x200B), (0x200E, 0x200F), (0x2028, 0x202E)),
            *((0x2060, 0x2069), (0xD800, 0xDFFF), (0xFEFF, 0xFEFF), (0xE0000, 0xE007F)),
        ]
        for code in range(start, end + 1)
    },
}
"""Characters that command a terminal, turn the direction of writing or are not seen at all."""


def visible(text: str) -> str:
    r"""A text from data as a terminal may be given it: what is no plain text becomes a symbol.

    Newlines and tabs stay. Every text of a record, file or model is passed through here.

    >>> print(visible("\x1b[31mred\x07"))
    ␛[31mred␇
    """
    return text.translate(_SYMBOLS)


def store_option(function: Function) -> Function:
    """Add --store, which every command has."""
    return click.option(
        "--store",
        type=click.Path(path_type=Path),
        default=Path(".curate"),
        show_default=True,
        envvar="CURATE_STORE",
        help="The folder of the store.",
    )(function)


def json_option(function: Function) -> Function:
    """Add --json, which every command that reads has."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(
        function
    )


def quiet_option(function: Function) -> Function:
    """Add --quiet, which commands that take long have."""
    return click.option("--quiet", is_flag=True, help="Tell no progress.")(function)


def run_options(function: Function) -> Function:
    """Add --workers, --batch-size and --allow-code, which commands that run steps have."""
    options = (
        click.option(
            "--workers",
            type=click.IntRange(1),
            default=None,
            help="Processes; by default one a core.",
        ),
        click.option(
            "--batch-size",
            type=click.IntRange(1),
            default=10_000,
            show_default=True,
            help="Records a part.",
        ),
        click.option(
            "--allow-code",
            type=click.Path(path_type=Path),
            multiple=True,
            help="A Python file with operators of your own.",
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


def wait_option(function: Function) -> Function:
    """Add --wait, which commands that only one process may run at a time have."""
    return click.option(
        "--wait",
        type=click.FloatRange(0),
        default=600.0,
        show_default=True,
        help="Seconds to wait for another build, gc or forget to end.",
    )(function)


class Output:
    """Prints for a person, or collects one JSON document."""

    def __init__(self, as_json: bool = False) -> None:
        """With `as_json` only `emit` prints."""
        self.as_json = as_json
        self._console: Console | None = None

    @property
    def console(self) -> "Console":
        """The terminal; texts of records are escaped by the caller with `rich.markup.escape`."""
        if self._console is None:
            from rich.console import Console

            width = None if sys.stdout.isatty() else PIPE_WIDTH

            class PatientConsole(Console):
                def on_broken_pipe(self) -> None:
                    raise BrokenPipeError  # the command line ends in peace; rich would exit with 1

            self._console = PatientConsole(
                highlight=False, emoji=False, width=width, soft_wrap=False
            )
        return self._console

    def line(self, text: "RenderableType" = "") -> None:
        """Print one line for a person; rich markup in strings is honoured."""
        if not self.as_json:
            self._print(text)

    def _print(self, text: "RenderableType") -> None:
        if self.console.is_terminal:
            self.console.print(text, crop=False)
            return
        with self.console.capture() as captured:
            self.console.print(text, crop=False)
        # Tables are padded to their width; in a file that is noise.
        click.echo("\n".join(map(str.rstrip, captured.get().split("\n"))), nl=False)

    def table(
        self, columns: Sequence[str], rows: Sequence[Sequence[Any]], prose: bool = False
    ) -> None:
        """Print a table for a person; numbers stand to the right with thousands separated.

        Nothing is cut. A table too wide for the terminal has its long columns folded; where the
        output is a file, only `prose` is, so that a row is one line.
        """
        if self.as_json:
            return
        from rich.table import Table
        from rich.text import Text

        cells = [[Text(shown(value)) for value in row] for row in rows]
        table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0))
        natural = narrowest = -GAP
        for position, column in enumerate(columns):
            numeric = bool(rows) and all(_is_number(row[position]) for row in rows)
            width = max(Text(column).cell_len, *(row[position].cell_len for row in cells), 1)
            kept = width <= KEPT_WIDTH
            table.add_column(
                Text(column),
                justify="right" if numeric else "left",
                style="default",
                overflow="fold",
                no_wrap=kept,
                min_width=min(width, KEPT_WIDTH),
            )
            natural += width + GAP
            narrowest += min(width, KEPT_WIDTH) + GAP
        for row in cells:
            table.add_row(*row)
        wrapped = prose or self.console.is_terminal
        table.width = min(natural, max(self.console.width, narrowest) if wrapped else natural)
        self._print(table)

    def emit(self, document: Any) -> None:
        """Print the JSON document, when JSON is what was asked for."""
        if self.as_json:
            click.echo(as_json(document))

    def emit_rows(self, document: Mapping[str, Any], name: str, rows: Iterable[Any]) -> None:
        """Print a JSON document that ends with a list of any length, a row at a time."""
        if not self.as_json:
            return
        head = as_json(document).removesuffix("}").rstrip()
        click.echo(f"{head}{',' * bool(document)}\n  {as_json(name)}: [", nl=False)
        for number, row in enumerate(rows):
            click.echo(f"{',' * bool(number)}\n    {as_line(row)}", nl=False)
        click.echo("\n  ]\n}")


def as_json(document: Any) -> str:
    r"""A document as indented JSON; bytes become hex, times ISO 8601.

    >>> as_json({"id": bytes([1, 255])})
    '{\n  "id": "01ff"\n}'
    """
    import orjson

    return orjson.dumps(document, default=_plain, option=orjson.OPT_INDENT_2).decode()


def as_line(document: Any) -> str:
    """A document as JSON in one line; bytes become hex, times ISO 8601."""
    import orjson

    return orjson.dumps(document, default=_plain).decode()


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"no JSON for {type(value).__name__}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def shown(value: Any) -> str:
    """A value as a person reads it in a table.

    >>> shown(12345), shown(None), shown(0.25)
    ('12,345', '', '0.25')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, bytes):
        return value.hex()
    return visible(str(value))
