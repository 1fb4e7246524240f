"""Contamination: what training texts share with the instances of evaluation suites.

An index holds the n-grams of all instances (`index`); the texts of records are looked up in it
(`matching`); what they share with each instance is added up (`shares`) and held against a published
rule (`rule`).
"""
