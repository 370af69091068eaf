"""Making sure that what was written is on disk."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Wait until a file's contents, or a folder's entries, would survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
