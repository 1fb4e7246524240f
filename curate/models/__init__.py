"""Tokenising and hashing of models, shared by training and evaluation."""
