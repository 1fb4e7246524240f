"""Finding near-duplicates: shingles, MinHash with banding, and exact verification.

Records are compared by the Jaccard similarity of their sets of shingles (`shingling`). Equal bands
of MinHash values make candidates (`banding`, `candidates`), and every pair of them is verified on
the sets themselves (`verification`), so that a threshold means what it says. It exists twice, as
compiled code (`kernel`) and in plain Python (`plain`), with the same answers.
"""

from curate.neardup.banding import Banding
from curate.neardup.parts import Parts, parts_of
from curate.neardup.shingling import Shingling

__all__ = ["Banding", "Parts", "Shingling", "parts_of"]
