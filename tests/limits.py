"""Settings with limits of a test's own; one worker, so that alone it admits the whole of each."""

from pathlib import Path

from api.server import prepare
from api.settings import Settings
from tests.clocks import ManualClock
from tests.live import NO_LIMITS


def limited(folder: Path, clock: ManualClock, **settings: str) -> Settings:
    """Return settings whose folder is prepared, with the given ones and no other limits."""
    environ = {"JAVUMBO_DATA": str(folder / "data"), "JAVUMBO_WORKERS": "1", **NO_LIMITS}
    environ |= {f"JAVUMBO_{name.upper()}": value for name, value in settings.items()}
    found = Settings.from_environ(environ)
    prepare(found, clock.now())
    return found
