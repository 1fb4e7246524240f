"""The command line: `curate COMMAND`. Commands are imported when they are called."""

import errno
import io
import os
import sys
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any, Final

import click

from curate import __version__

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "build": ("curate.commands.build", "Build a recipe into a new version of its dataset."),
    "mix": ("curate.commands.mix", "Mix versions into a new version of a dataset."),
    "augment": ("curate.commands.augment", "Make a version with other wordings of its records."),
    "log": ("curate.commands.log", "List datasets and versions."),
    "show": ("curate.commands.show", "Show what a version holds, dropped and could not read."),
    "composition": ("curate.commands.composition", "Show what versions are made of, by slice."),
    "diff": ("curate.commands.diff", "Compare two versions record by record, with causes."),
    "why": ("curate.commands.why", "Tell the story of one record in every version."),
    "blame": ("curate.commands.blame", "Say what last changed each field of a record."),
    "impact": ("curate.commands.impact", "Say which versions, runs and models a record is in."),
    "decontam": ("curate.commands.decontam", "Find test instances in a version, by its records."),
    "pii": ("curate.commands.pii", "Say what was scrubbed, where, and what is left."),
    "leaks": ("curate.commands.leaks", "Say which records of one version another has too."),
    "whatif": ("curate.commands.whatif", "Try other limits: what would be gained and lost."),
    "audit": ("curate.commands.audit", "Count what each rule dropped, alone and with others."),
    "tune": ("curate.commands.tune", "See what a rule's limit does; find a better one by labels."),
    "margins": ("curate.commands.margins", "Lay preference pairs out by two margins."),
    "attack": ("curate.commands.attack", "Attack a classifier with records of a version."),
    "topics": ("curate.commands.topics", "Show the topics of a version, or make some."),
    "score": ("curate.commands.score", "Add signals to a version, or list those it has."),
    "export": ("curate.commands.export", "Write a version for trainers and other tools."),
    "sql": ("curate.commands.sql", "Run one SELECT over the store."),
    "tag": ("curate.commands.tag", "Name a version, or list the names."),
    "gc": ("curate.commands.gc", "Free the space that nothing needs; drop versions."),
    "forget": ("curate.commands.forget", "Erase contents for good, wherever the store has them."),
    "verify": ("curate.commands.verify", "Check that the store is whole."),
    "backup": ("curate.commands.backup", "Copy the store while builds go on."),
    "restore": ("curate.commands.restore", "Make a new store of a backup."),
    "train": ("curate.train.command", "Train a model on a version."),
    "runs": ("curate.commands.runs", "List what was trained on what."),
    "operators": ("curate.commands.operators", "List the steps a recipe can have, or explain one."),
    "classifier": ("curate.commands.classifier", "Train a filter of your own on labelled texts."),
    "rules": ("curate.commands.rules", "List, explain and test rule packs."),
    "doctor": ("curate.commands.doctor", "Check the installation."),
}
"""Command -> the module that holds a click command of the same name, and its line in the help."""

READING: Final = frozenset(
    {
        *(
            "log",
            "show",
            "composition",
            "diff",
            "why",
            "blame",
            "impact",
            "decontam",
            "leaks",
            "pii",
            "whatif",
            "tune",
            "audit",
            "margins",
            "attack",
            "topics",
            "sql",
            "runs",
        ),
        "rules",
    }
)
"""Commands that only read, which one asks often and wants to answer at once."""

SUGGESTION_LIMIT: Final = 0.5

INTERRUPTED: Final = 130
"""The exit code after Ctrl-C, as shells use it."""

DEAD_OUTPUT: Final = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EBADF)
"""Why a stream may refuse what is printed; an error of a file of ours has its name."""


class LazyGroup(click.Group):
    """A group that knows its commands' names and help without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """List the commands in the order of work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command."""
        if cmd_name not in COMMANDS:
            ctx.fail(_unknown(cmd_name))
        command = getattr(import_module(COMMANDS[cmd_name][0]), cmd_name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{COMMANDS[cmd_name][0]}.{cmd_name} is no command")
        if cmd_name in READING:
            for each in _doing(command):
                if each.callback is not None:
                    each.callback = _without_pandas(each.callback)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a reader that has gone is left to `main`, where click would exit."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise BrokenPipeError from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the table of commands from the literal above."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


def _doing(command: click.Command) -> list[click.Command]:
    """The commands of a group, or a command that is none."""
    return list(command.commands.values()) if isinstance(command, click.Group) else [command]


class _NoPandas(MetaPathFinder):
    """Says of pandas that it is not installed."""

    @classmethod
    def find_spec(cls, fullname: str, *_: object) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


def _without_pandas(callback: Callable[..., Any]) -> Callable[..., Any]:
    """A command during which pyarrow does not look for pandas.

    It does so at the first array that is made of a list, wherever pandas is installed: a third of
    a second. Whoever else imports pandas still finds it.
    """

    @wraps(callback)
    def quick(*values: Any, **named: Any) -> Any:
        if "pandas" not in sys.modules:
            import pyarrow as pa

            sys.meta_path.insert(0, _NoPandas)
            try:
                pa.array([None])
            finally:
                sys.meta_path.remove(_NoPandas)
        return callback(*values, **named)

    return quick


def _unknown(name: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, COMMANDS, n=1, cutoff=SUGGESTION_LIMIT)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return f"No command {name!r}.{hint} `curate --help` lists them."


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="curate")
def curate() -> None:
    """Git-grade history for fine-tuning data.

    Build datasets from raw files by a recipe, compare their versions record by record, ask why a
    record is here, and train on a version. Exit codes: docs/format.md.
    """


def main() -> None:
    """Run the command line; a user's mistake is one message and an exit code, no traceback."""
    from curate.errors import CurateError, is_interrupt
    from curate.output import visible

    _prepare_streams()
    try:
        status = curate.main(standalone_mode=False)
        code = status if isinstance(status, int) else 0
        sys.stdout.flush()
    except (click.exceptions.Abort, KeyboardInterrupt):
        code = _interrupted()
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except CurateError as error:
        click.echo(f"curate: {visible(str(error))}", err=True)
        code = error.exit_code
    except BrokenPipeError:
        # The reader of our output (such as `head`) has gone: nothing is left to tell.
        sys.stderr.close()
        code = 0
    except OSError as error:
        if error.filename is not None or error.errno not in DEAD_OUTPUT:
            raise
        click.echo(f"curate: the output cannot be written ({error.strerror})", err=True)
        # What is left unwritten would fail again at exit.
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - it lasts as long as we do
        code = 6
    except Exception as error:
        if not is_interrupt(error):
            raise
        code = _interrupted()
    sys.exit(code)


def _prepare_streams() -> None:
    """Have streams that take every character, whatever the locale, also where closed."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 - it lasts as long as we do
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _interrupted() -> int:
    click.echo("curate: interrupted; the store is as it was", err=True)
    return INTERRUPTED
