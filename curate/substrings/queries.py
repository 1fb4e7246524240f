"""The queries that find contents which may share a passage, by their fingerprints."""

from typing import Final

_SAID: Final = """
    said AS (
        SELECT hash, id, copy, true AS own, prints, words, long FROM facts WHERE long > 0
        UNION ALL SELECT hash, id, copy, false, prints, words, long FROM others WHERE long > 0
    )"""

_WANTED: Final = """
    SELECT * FROM (
        SELECT DISTINCT ON (hash) hash, id, own, copy, words, long FROM said
        WHERE hash IN (SELECT hash FROM held SEMI JOIN shared USING (print))
        ORDER BY hash, own, id, copy
    ) ORDER BY own, id, copy, hash"""

FIRST: Final = f"""
    WITH {_SAID}, held AS (SELECT hash, unnest(prints) AS print FROM said), shared AS (
        SELECT print FROM held GROUP BY print HAVING min(hash(hash)) <> max(hash(hash))
    ) {_WANTED}"""
"""Contents that have a fingerprint in common with another: each with its first record, a reference
(`own` is false) where one has it; the first comes first."""

AGAIN: Final = f"""
    WITH {_SAID}, held AS (
        SELECT hash, print FROM seams SEMI JOIN brought USING (print) UNION
        SELECT hash, print FROM (SELECT hash, unnest(prints) AS print FROM said)
        SEMI JOIN brought USING (print)
    ), shared AS (
        SELECT print FROM held ANTI JOIN gone USING (hash)
        GROUP BY print HAVING min(hash(hash)) <> max(hash(hash))
    ) SELECT w.* FROM ({_WANTED}) w ANTI JOIN gone USING (hash) ORDER BY own, id, copy, hash"""
"""The same of the fingerprints in `brought(hash, print)`, which others may have by themselves or in
`seams(hash, print)`, without the contents in `gone(hash)`."""
