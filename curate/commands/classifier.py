"""`curate classifier train LABELS`, `eval FILE LABELS` and `show FILE`."""

import click

from curate.commands.classifier_eval import evaluate
from curate.commands.classifier_show import show
from curate.commands.classifier_train import train


@click.group()
def classifier() -> None:
    """Train a classifier of texts from labels, test it and look at it.

    The step `classifier` of a recipe scores records with it.
    """


classifier.add_command(train)
classifier.add_command(evaluate)
classifier.add_command(show)
