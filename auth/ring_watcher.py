"""Keeps a process' ring fresh while it runs, and says which one that is."""

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

    def look(self) -> None:
        """Read the ring again if it has changed, and say so. OSError if it cannot be said."""
        self._keystore.reload()
        if self._report is None:
            self._report = RingReport(self._folder)
        if self._reported != self._keystore.digest:
            self._report.write(self._keystore.digest)
            self._reported = self._keystore.digest

    def stop(self) -> None:
        """Take back what was said: this process has no ring any more."""
        if self._report is not None:
            self._report.close()
            self._report, self._reported = None, ""
