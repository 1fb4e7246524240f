"""Signals: numbers and labels measured on texts."""
