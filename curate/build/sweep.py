"""What killed builds left behind: files that no catalog names. Only a builder sweeps."""

from curate.store import Store, leftovers


def sweep(store: Store) -> int:
    """Delete files of the store that the catalog does not name; return how many.

    The caller holds the right to build, so nobody else is writing such files. What gc replaced a
    moment ago stays for the readers that looked it up before.
    """
    return len(leftovers.sweep(store.folder))
