"""Records in the formats of trainers and libraries."""

from curate.export.rows import record_json, trl_rows
from curate.export.write import FORMATS, ExportResult, export

__all__ = ["FORMATS", "ExportResult", "export", "record_json", "trl_rows"]
