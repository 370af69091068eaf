"""Keeps a process' ring fresh while it runs, and says which one that is."""

from contextlib import suppress

from auth.keystore import KeyStore
from auth.ring_reports import RingReport
from auth.settings import AuthSettings


class RingWatcher:
    """Looks at the folder of keys once a round. A round that finds nothing new costs one stat."""

    def __init__(self, keystore: KeyStore, settings: AuthSettings) -> None:
        self._keystore = keystore
        self._folder = settings.run_folder
        self._report: RingReport | None = None
        self._reported = ""

    def start(self) -> None:
        """Say which ring this process has, before it serves anybody. Whatever fails now, a later look makes up for."""
        with suppress(OSError):
            self.look()

    def look(self) -> None:
        """Read the ring again if it has changed, and say so. OSError if it cannot be said."""
        # A process that says nothing yet counts as behind: so it is waited for until it has looked.
        try:
            self._report = self._report or RingReport(self._folder)
        finally:
            # Where nothing can be said, there may still be a key to stop believing.
            self._keystore.reload()
        if self._reported != self._keystore.digest:
            self._report.write(self._keystore.digest)
            self._reported = self._keystore.digest

    def stop(self) -> None:
        """Take back what was said: this process has no ring any more."""
        if self._report is not None:
            self._report.close()
            self._report, self._reported = None, ""
