"""Finding topics where records have no labels, for the steps behind to slice by."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import AfterValidator, Field, PrivateAttr

from curate.errors import RefusedError
from curate.fields import field_texts
from curate.hashing import digest, hash_texts
from curate.mixing.slicing import COLUMNS
from curate.models.vectors import vectors_of
from curate.scores import Wanted, score_of
from curate.selection import Gathered, Given, SelectionOperator
from curate.semantic.cosine import Places
from curate.setting_types import check_texts
from curate.signals import SIGNALS
from curate.signals.registry import NAME
from curate.topics.fields import FIELDS, said_fields
from curate.topics.finding import Topics as Found
from curate.topics.finding import find_topics
from curate.topics.report import document, lines


def _embedded(name: str) -> str:
    check_texts([name], "embedded", FIELDS)
    return name


def _free(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a signal, which has a to z, 0 to 9 and _")
    if name in (*COLUMNS, *SIGNALS):
        raise ValueError(f"{name!r} means something else already; choose another name")
    return name


class Topics(SelectionOperator):
    """Give each record its topic, a cluster of vectors named by its words, as a label.

    The steps behind slice by it, as in `balance: {by: topic}`; no record goes. The vectors are
    those of a step `embedding` before.
    """

    name: ClassVar[str] = "topics"
    version: ClassVar[int] = 1
    depends: ClassVar[tuple[str, ...]] = ("numpy", "pyarrow")

    count: int = Field(default=20, ge=2, le=1000)
    """How many topics, at most. The build tells how well half as many and twice as many are parted
    (`silhouette`); 20 are as many as one looks through."""
    field: Annotated[str, AfterValidator(_embedded)] = "conversation"
    """The field whose vectors are clustered and whose words make the names: `conversation`, `text`
    for documents, `prompt` ... The step `embedding` must have it, or the whole conversation."""
    signal: Annotated[str, AfterValidator(_free)] = "topic"
    """What the steps behind call it."""

    _found: Found | None = PrivateAttr(default=None)
    _labels: pa.Table | None = PrivateAttr(default=None)
    _without: int = PrivateAttr(default=0)

    def wants(self) -> Sequence[Wanted]:
        """The vectors."""
        return [Wanted("embedding", self.field, "vector")]

    def gives(self) -> Sequence[Wanted]:
        """The topic, of the texts that were embedded."""
        return [Wanted(self.signal, self._embedded_field, "label")]

    def facts_fingerprint(self) -> str:
        """What makes the facts: another count takes none again."""
        return self._digest_of({"field": self.field})

    def facts(self, batch: pa.RecordBatch, seed: int) -> pa.RecordBatch:  # noqa: ARG002
        """`vector` (null where a record has none), and `text`, the hash of what was embedded."""
        vectors = score_of(batch, self.wants()[0])
        texts = hash_texts(field_texts(batch, self._embedded_field))
        return pa.RecordBatch.from_arrays([vectors, texts], ["vector", "text"])

    def find(self, gathered: Gathered, seed: int) -> Mapping[str, pa.Table]:
        """Nothing that the query needs: it drops no record."""
        records = gathered.table(
            "SELECT id, hash, text, vector FROM facts WHERE vector IS NOT NULL ORDER BY id, copy"
        ).combine_chunks()
        others = gathered.table("SELECT text FROM facts WHERE vector IS NULL")
        if not len(records) and len(others):
            found = f"no record has a vector of {self.field}"
            right = "Name the field that is embedded, such as `field: text` for documents."
            raise RefusedError(f"step {self.name}", found, right)
        self._without = len(others)
        self._found = self._find(records, gathered, seed) if len(records) else None
        named = pa.array([], pa.string()) if self._found is None else self._found.names()
        texts = pa.concat_tables([records.select(["text"]), others]).combine_chunks()["text"]
        labels = pa.concat_arrays([named, pa.nulls(len(others), pa.string())])
        table = pa.table([texts, labels], names=["hash", "value"])
        self._labels = table.filter(pc.is_valid(table["hash"]))
        return {}

    def query(self, seed: int) -> str:  # noqa: ARG002
        """No record goes."""
        return "SELECT id, copy, NULL::VARCHAR AS action FROM facts WHERE false"

    def given(self) -> Given | None:
        """The topic of each text, null where it has no vector."""
        if self._found is None or self._labels is None:
            return None
        return Given(self._stored_as(), {self.signal: self._labels})

    def notes(self, gathered: Gathered) -> Sequence[str]:  # noqa: ARG002
        """The topics with their sizes, and how far they can be trusted."""
        return () if self._found is None else list(lines(self._found, self._without))

    def certificate(self, gathered: Gathered) -> Mapping[str, Any] | None:  # noqa: ARG002
        """The same as JSON, with what the labels are stored under."""
        if self._found is None:
            return None
        stored = {"signal": self.signal, "field": self._embedded_field}
        told = document(self._found, self._without)
        return told | stored | {"fingerprint": self._stored_as()}

    @property
    def _embedded_field(self) -> str:
        """The field that was embedded, which may be the whole conversation of the one named."""
        return self.scores[0].field if self.scores else self.field

    def _stored_as(self) -> str:
        """What makes the topic of a text: with other records, or other names, it is another."""
        assert self._found is not None
        return digest(self.fingerprint().encode(), self._found.key).hex()

    def _find(self, records: pa.Table, gathered: Gathered, seed: int) -> Found:
        hashes = records["hash"].combine_chunks().cast(pa.binary())
        said = said_fields(self.field)

        def texts(places: Places) -> Iterator[tuple[Places, list[pa.StringArray]]]:
            wanted = hashes.take(pa.array(places))
            for batch in gathered.contents(wanted):
                # Records of one content count once.
                rows = pc.index_in(batch.column("hash").cast(pa.binary()), wanted)
                yield places[rows.to_numpy()], [field_texts(batch, name) for name in said]

        vectors = vectors_of(records["vector"])
        return find_topics(vectors, records["id"].combine_chunks(), self.count, seed, texts)
