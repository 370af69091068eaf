"""Files by which a test tells a worker to misbehave once."""

from pathlib import Path


def used_up(trigger: Path) -> bool:
    """Tell whether the file is there, and remove it: of several who ask, one is told so."""
    try:
        trigger.unlink()
    except FileNotFoundError:
        return False
    return True
