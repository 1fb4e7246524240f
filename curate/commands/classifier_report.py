"""How a classifier's figures are printed."""

from typing import TYPE_CHECKING, Any

from curate.output import Output, visible

if TYPE_CHECKING:
    from curate.classifier.figures import Figures, Share

TEXT_SHOWN = 96
"""Characters of a text that are shown."""

CURVED_LABELS = 4
"""Up to so many labels the curve is printed; --json has all."""

Rows = tuple[tuple[str, ...], list[tuple[Any, ...]]]


def overall(figures: "Figures", output: Output) -> None:
    """Print the figures over all labels."""
    from rich.text import Text

    output.line(
        Text(
            f"accuracy {_share(figures.accuracy)}, macro F1 {figures.macro_f1:.3f}, "
            f"log loss {figures.log_loss:.4f}, calibration error "
            f"{figures.calibration_error:.4f}"
        )
    )


def label_rows(figures: "Figures") -> Rows:
    """A row for each label: precision, recall and F1 of the likeliest label."""
    head = ("label", "texts", "found", "precision", "recall", "F1", "AUC")
    return head, [
        (
            *(one.label, one.texts, one.found, _share(one.precision), _share(one.recall)),
            *(f"{one.f1:.3f}", "" if one.auc is None else f"{one.auc:.4f}"),
        )
        for one in figures.labels
    ]


def curve_rows(figures: "Figures") -> Rows:
    """What limits on the probability of each label take; a hint at --json where labels are many.

    Of two labels the one curve is the other's mirror, and yet both are what a rule may ask for.
    """
    head = ("label", "probability at least", "texts", "precision", "recall")
    if len(figures.labels) > CURVED_LABELS:
        return ("curve",), [("--json has the curve of each label",)]
    return head, [
        (one.label, one.limit, one.texts, _share(one.precision), _share(one.recall))
        for one in figures.curve
    ]


def shortened(text: str) -> str:
    """A text in one line, cut."""
    line = " ".join(text.split())
    return visible(line if len(line) <= TEXT_SHOWN else f"{line[: TEXT_SHOWN - 1]}…")


def _share(share: "Share | None") -> str:
    if share is None:
        return ""
    return f"{share.share:.3f} [{share.low:.3f}, {share.high:.3f}]"
