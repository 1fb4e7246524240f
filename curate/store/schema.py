"""The tables of the catalog (docs/format.md, "Store")."""

from typing import Final

SCHEMA: Final = """
CREATE SCHEMA base;
CREATE TABLE base.store (format INTEGER);
CREATE TABLE base.versions (
    dataset VARCHAR, version INTEGER, snapshot VARCHAR, parent INTEGER, recipe_hash VARCHAR,
    recipe JSON, recipe_text VARCHAR, records BIGINT, dropped BIGINT, edited BIGINT,
    quarantined BIGINT, inputs JSON, counts JSON, certificates JSON, warnings JSON, manifest JSON,
    created TIMESTAMP, PRIMARY KEY (dataset, version));
CREATE TABLE base.files (
    kind VARCHAR, path VARCHAR PRIMARY KEY, dataset VARCHAR, version INTEGER, whole BOOLEAN,
    records BIGINT, bytes BIGINT, sha256 VARCHAR);
CREATE TABLE base.dropped (path VARCHAR PRIMARY KEY, bytes BIGINT, dropped TIMESTAMP);
CREATE TABLE base.tags (tag VARCHAR PRIMARY KEY, dataset VARCHAR, version INTEGER,
    created TIMESTAMP, note VARCHAR);
CREATE TABLE base.erasures (
    erasure INTEGER PRIMARY KEY, reason VARCHAR, asked JSON, records BIGINT, contents BIGINT,
    created TIMESTAMP);
CREATE TABLE base.tombstones (mac BLOB PRIMARY KEY, erasure INTEGER);
CREATE TABLE base.tombstone_key (key BLOB);
CREATE TABLE base.runs (
    run VARCHAR PRIMARY KEY, kind VARCHAR, method VARCHAR, dataset VARCHAR, version INTEGER,
    snapshot VARCHAR, split VARCHAR, model VARCHAR, model_hash VARCHAR, output VARCHAR,
    records BIGINT, fed_hash VARCHAR, output_hash VARCHAR, excluded JSON, status VARCHAR,
    metrics JSON, started TIMESTAMP, finished TIMESTAMP);
CREATE TABLE base.evals (run VARCHAR, task VARCHAR, metric VARCHAR, value DOUBLE, records BIGINT,
    created TIMESTAMP);
"""
