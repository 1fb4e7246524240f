"""The model card: README.md in the output, with the data and method a reader must know."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml


def write_card(folder: Path, values: Mapping[str, Any]) -> None:
    """Write README.md from the content of `curate.json`."""
    (folder / "README.md").write_text(card(values), encoding="utf-8")


def card(values: Mapping[str, Any]) -> str:
    """The text of the model card: YAML front matter, then the facts."""
    front = yaml.safe_dump(_front_matter(values), sort_keys=False, allow_unicode=True)
    name = f"{values['dataset']}@{values['version']}"
    base = _base(values["model"])
    records = values["records"]
    return "\n".join(
        [
            f"---\n{front}---\n",
            f"# {base} trained on {name}\n",
            f"- Method: {values['method'].upper()}, adapter {values['adapter']},"
            f" seed {values['seed']}",
            f"- Base model: `{base}` (SHA-256 `{values['model']['trained_on']}`)",
            *_chain(values["model"]),
            f"- Dataset: `{name}`, split `{values['split']}`, snapshot `{values['snapshot']}`",
            f"- Records: {records['fed']} fed of {records['read']}, {records['tokens']} tokens,"
            f" {records['trained_tokens']} of them trained",
            f"- Fed to the model: SHA-256 `{values['fed_hash']}`",
            f"- Run: `{values['run']}` on {values['device']['name']}\n",
            _section("Licences of the data", "licence", "records", _licenses(values)),
            _section("Metrics", "metric", "value", values["metrics"]),
            _section("Libraries", "library", "version", values["libraries"]),
            "All settings stand in `curate.json`.\n",
        ]
    )


def _front_matter(values: Mapping[str, Any]) -> dict[str, Any]:
    model = values["model"]
    front: dict[str, Any] = {
        "library_name": "transformers" if values["adapter"] == "none" else "peft",
        "pipeline_tag": "text-generation",
        "tags": ["curate", "trl", values["method"]],
        "curate": {name: values[name] for name in ("run", "dataset", "version", "snapshot")},
    }
    # The Hub resolves this name, so that a local path would be wrong there.
    return front | ({"base_model": model["name"]} if model.get("revision") else {})


def _base(model: Mapping[str, Any]) -> str:
    """The name of a model without the path it lies in."""
    return str(model["name"]) if model.get("revision") else Path(str(model["name"])).name


def _chain(model: Mapping[str, Any]) -> list[str]:
    base = model.get("base")
    if base is None:
        return []
    run = f", run `{model['run']}`" if model.get("run") else ""
    return [f"- It is an adapter{run}, merged into `{_base(base)}` (SHA-256 `{base['hash']}`)"]


def _licenses(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name or "not stated": count for name, count in values["licenses"].items()}


def _section(title: str, left: str, right: str, rows: Mapping[str, Any]) -> str:
    lines = [f"## {title}\n", f"| {left} | {right} |", "|---|---|"]
    lines += [f"| {_cell(name)} | {_cell(value)} |" for name, value in rows.items()]
    return "\n".join(lines) + "\n"


def _cell(value: Any) -> str:
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text.replace("|", "\\|").replace("\n", " ")
