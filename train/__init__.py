"""Training on a snapshot: a thin layer over TRL that knows exactly what it fed to the model."""
