"""`curate classifier eval FILE LABELS`."""

from pathlib import Path

import click

from curate.commands.classifier_labels import Asked, labelled, labels_options
from curate.commands.classifier_report import curve_rows, label_rows, overall
from curate.output import Output, json_option


@click.command(name="eval", short_help="Hold a classifier against labels it did not learn from.")
@click.argument("file", type=click.Path(path_type=Path))
@labels_options
@json_option
def evaluate(file: Path, asked: Asked, as_json: bool) -> None:
    """Say how good the classifier FILE is on LABELS, which it should not have learned from.

    A text without a known word counts by what the classifier says of no word.
    """
    import numpy as np
    import pyarrow as pa

    from curate.classifier.figures import figures
    from curate.classifier.file import decoded, read_bytes
    from curate.classifier.scoring import of_nothing, probabilities
    from curate.errors import RefusedError
    from curate.history.document import document

    made = decoded(read_bytes(file), f"classifier {str(file)!r}")
    given = labelled(asked)
    known = made.details.labels
    unknown = sorted({one.label for one in given} - set(known))
    if unknown:
        right = f"Its labels are {', '.join(known)}"
        raise RefusedError(f"label {unknown[0]!r}", "the classifier does not know it", right)
    scores = probabilities(made, pa.array([one.text for one in given], pa.string()))
    scores[np.isnan(scores[:, 0])] = of_nothing(made)
    truth = np.array([known.index(one.label) for one in given], np.int64)
    found = figures(scores, truth, known)
    output = Output(as_json)
    output.emit({"file": str(file), "figures": document(found)})
    overall(found, output)
    output.line()
    output.table(*label_rows(found))
    output.line()
    output.table(*curve_rows(found))
