"""Attacks on classifiers: texts changed little, so that a classifier is wrong about them."""
