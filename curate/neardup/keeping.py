"""Which of several near-duplicates is kept."""

from difflib import get_close_matches
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, field_validator

from curate.fields import field_texts
from curate.neardup.parts import Parts
from curate.scan import Scan
from curate.setting_types import check_texts
from curate.signals import SIGNALS, measure


class BySignal(BaseModel):
    """The record that measures more, or less."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    signal: str
    """A numeric signal; records without a value come last."""
    highest: bool = True
    """Whether the higher value is kept."""
    field: str = "response"
    """The field that is measured."""

    @field_validator("signal")
    @classmethod
    def _is_numeric(cls, name: str) -> str:
        if name not in SIGNALS:
            near = get_close_matches(name, SIGNALS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"signals: {', '.join(SIGNALS)}"
            raise ValueError(f"{name!r} is no signal; {hint}")
        kind = SIGNALS[name].type
        if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
            raise ValueError(f"{name!r} is a {kind}; records are ordered by a number")
        return name

    @field_validator("field")
    @classmethod
    def _can_be_measured(cls, name: str) -> str:
        check_texts([name], "measured")
        return name


class BySource(BaseModel):
    """The record whose source is named first."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    sources: tuple[str, ...] = Field(min_length=1)
    """Names of sources, the best first; others come last."""

    @field_validator("sources", mode="before")
    @classmethod
    def _listed(cls, names: object) -> object:
        return tuple(names) if isinstance(names, list) else names


Keep = Literal["longest", "shortest", "lowest-id"] | BySignal | BySource

_WORST: Final = -np.inf


def measured(keep: Keep, batch: pa.RecordBatch, parts: Parts) -> pa.Array:
    """What `keep` needs to know of each record: a float64, null where there is nothing."""
    if isinstance(keep, BySignal):
        scan = Scan(field_texts(batch, keep.field))
        return measure(keep.signal, batch, scan).cast(pa.float64())
    if keep in ("longest", "shortest"):
        return pa.array(parts.characters().astype(np.float64))
    return pa.nulls(len(batch), pa.float64())


def ranks(keep: Keep, records: pa.Table) -> npt.NDArray[np.int64]:
    """The place of each record in the order in which records are kept.

    `records` has the columns `id`, `copy`, `source`, `measured` and `fixed`; those that are fixed
    come first. Ties are broken by (id, copy).
    """
    order = pa.table(
        {
            "fixed": records["fixed"].cast(pa.int8()),
            "good": pa.array(_goodness(keep, records)),
            "id": records["id"].cast(pa.binary()),
            "copy": records["copy"],
        }
    )
    keys = [("fixed", "descending"), ("good", "descending"), ("id", "ascending")]
    places = pc.sort_indices(order, [*keys, ("copy", "ascending")]).to_numpy()
    found = np.empty(len(places), np.int64)
    found[places] = np.arange(len(places))
    return found


def _goodness(keep: Keep, records: pa.Table) -> npt.NDArray[np.float64]:
    """The higher, the sooner it is kept."""
    if isinstance(keep, BySource):
        place = pc.index_in(records["source"], pa.array(keep.sources))
        found = pc.fill_null(place, len(keep.sources)).to_numpy()
        return np.asarray(-found.astype(np.float64), np.float64)
    values = records["measured"]
    if keep == "shortest" or (isinstance(keep, BySignal) and not keep.highest):
        values = pc.negate(values)
    # NaN would come before everything.
    known = pc.if_else(pc.is_finite(values), values, _WORST)
    return np.asarray(pc.fill_null(known, _WORST).to_numpy(), np.float64)
