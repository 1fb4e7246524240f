"""`curate topics REF`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curate.output import Output, json_option, store_option, visible

if TYPE_CHECKING:
    from curate.history.topics import SeenTopic, SeenTopics
    from curate.store import Version

LONGEST = 160
"""Characters of each turn of a sample that are shown."""

WORDS = 7
"""Words of a topic that are shown; --json has all that are told."""


@click.command()
@click.argument("ref")
@click.option(
    "--samples", type=click.IntRange(0), default=0, show_default=True, help="Records of each topic."
)
@click.option(
    "--count",
    type=click.IntRange(2, 1000),
    help="Make so many topics now, of stored vectors.  [default: those of the version, else 20]",
)
@click.option("--signal", metavar="NAME", help="Which, where several steps gave topics.")
@store_option
@json_option
def topics(
    ref: str, samples: int, count: int | None, signal: str | None, store: Path, as_json: bool
) -> None:
    """Show the topics of the version REF, or of a split of it: names, words, sizes and samples.

    They are those of its step `topics`. Where it has none, or with --count, they are made now of
    the vectors that are stored; nothing is kept of these.
    """
    from curate.history.topics import seen_topics
    from curate.store import Store

    version = Store.open(store).version(ref)
    found = seen_topics(version, samples, signal, count)
    hashes = [digest for one in found.topics for digest in one.samples]
    contents = version.payloads(hashes)
    output = Output(as_json)
    output.emit(_document(version, found, contents) if as_json else {})
    if as_json:
        return
    _print(version, found, output)
    for one in found.topics if samples else ():
        _print_samples(one, contents, output)


def _print(version: "Version", found: "SeenTopics", output: Output) -> None:
    from rich.text import Text

    from curate.topics.quality import DISSOLVED

    source = f"of {found.made_by}" if found.is_stored else f"made now, of {found.made_by}"
    head = Text(visible(version.ref), "bold")
    output.line(head.append(visible(f"  {len(found.topics):,} topics {source}"), "not bold"))
    by_count = ", ".join(f"{value:.3f} with {count}" for count, value in found.silhouettes.items())
    quality = f"silhouette {found.silhouette:.3f}" + (f" (a sample: {by_count})" * bool(by_count))
    again = f"adjusted Rand index with topics of random halves {found.adjusted_rand:.2f}"
    output.line(Text(f"{quality}; {again}", "dim"))
    output.line()
    rows = [
        [
            *(one.number, one.name, one.records, f"{one.share:.1%}", one.characters),
            *(f"{one.silhouette:.2f}", f"{one.stability:.2f}"),
            " ".join(one.words[:WORDS]),
        ]
        for one in found.topics
    ]
    columns = ("", "topic", "records", "share", "characters", "silhouette", "stability", "words")
    output.table(columns, rows)
    if found.without:
        output.line(f"without a topic: {found.without:,}")
    lost = [one.name for one in found.topics if one.stability <= DISSOLVED]
    if lost:
        output.line()
        words = f"stability {DISSOLVED:g} or less: not found again in random halves of the records"
        output.line(Text(visible(f"{words}, so that they say little: {', '.join(lost)}"), "dim"))


def _print_samples(one: "SeenTopic", contents: dict[bytes, Any], output: Output) -> None:
    from rich.text import Text

    from curate.history.page import content_lines

    output.line()
    head = Text(visible(one.name), "magenta")
    output.line(head.append(visible(f"  {' '.join(one.words)}"), "dim"))
    for digest in one.samples:
        if digest not in contents:
            output.line(Text("  its content is not stored any more", "dim"))
            continue
        for paragraph in content_lines(contents[digest], LONGEST, with_values=False):
            output.line(paragraph)
        output.line()


def _document(
    version: "Version", found: "SeenTopics", contents: dict[bytes, Any]
) -> dict[str, Any]:
    from curate.history.document import document

    each = [
        document(one) | {"samples": [document(contents.get(digest)) for digest in one.samples]}
        for one in found.topics
    ]
    return {"version": version.ref, **document(found), "topics": each}
