"""What happened to records between versions: diff, why."""
