"""Shapes: how the columns of an input record make a record of ours."""
