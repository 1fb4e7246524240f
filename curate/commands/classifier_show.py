"""`curate classifier show FILE`."""

from pathlib import Path

import click

from curate.output import Output, json_option


@click.command(short_help="Say what a classifier is and how good it was.")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def show(file: Path, as_json: bool) -> None:
    """Say what the classifier FILE was trained on, how, and its figures on texts left out."""
    import hashlib

    from curate.classifier.file import decoded, read_bytes
    from curate.classifier.model import signal_names

    content = read_bytes(file)
    details = decoded(content, f"classifier {str(file)!r}").details
    sha256 = hashlib.sha256(content).hexdigest()
    names = signal_names(details.name, details.labels)
    output = Output(as_json)
    told = details.model_dump()
    head = {"file": str(file), "sha256": sha256, "signals": [details.name, *names.values()]}
    output.emit(head | told)
    rows = [(key, str(value)) for key, value in told.items() if key not in ("figures", "labels")]
    output.table(("what", "value"), [("sha256", sha256), *rows])
    output.line()
    by_label = details.figures.get("labels", {})
    columns = ("texts", "precision", "recall", "f1")
    output.table(
        ("label", "signal", *columns),
        [
            (label, names[label], *(by_label.get(label, {}).get(key) for key in columns))
            for label in details.labels
        ],
    )
