"""What operators do with the key ring; each command returns what there is to say, for people and for programs."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from auth import published, ring_reports, rotation
from auth.clock import Clock
from auth.errors import KeyInvalid, RotationRefused
from auth.key_folder import KeyFolder
from auth.keys import Algorithm, SigningKey
from auth.ring_document import Purpose, RingDocument, RingEntry
from auth.settings import AuthSettings

_DRY = "Nothing was changed: this was a dry run."
_NOTICED_WITHIN = 2.0
_SHORTEST_PREFIX = 6


@dataclass(frozen=True)
class Outcome:
    """What a command has to say: lines for people, data for programs, and an exit code."""

    lines: Sequence[str]
    data: dict[str, Any]
    code: int = 0


@dataclass(frozen=True)
class KeyCommands:
    """The commands, over one folder of keys. `pause` waits for some seconds."""

    settings: AuthSettings
    clock: Clock
    dry_run: bool = False
    pause: Callable[[float], None] = time.sleep

    @property
    def folder(self) -> KeyFolder:
        """The folder they work on."""
        return KeyFolder(self.settings.key_folder, lambda: self.settings.passphrase)

    def init(self, algorithm: Algorithm) -> Outcome:
        """Make a key ring where there is none. KeyRingInvalid if there is one."""
        if self.dry_run:
            said = f"A key ring would be made in {self.folder.path.absolute()}, unless there is one."
            return Outcome([said, _DRY], {"changed": False})
        self.folder.create(self.clock.now(), algorithm)
        path = str(self.folder.path.absolute())
        advice = "Keep a copy of it where nobody else can read it."
        return Outcome([f"The key ring in {path} is made. {advice}"], {"folder": path})

    def states(self) -> Outcome:
        """Tell where every key stands."""
        now = self.clock.now()
        document = self.folder.document()
        rows = [self._row(document, entry, now) for entry in _in_order(document)]
        return Outcome(_table(rows), {"at": now.isoformat(), "keys": rows})

    def rotate(
        self, purposes: Iterable[Purpose], algorithm: Algorithm | None, lead: timedelta, if_older_than: timedelta | None
    ) -> Outcome:
        """Add a key for each purpose, which signs after the lead. RotationRefused if the lead is too short."""
        shortest = rotation.shortest_lead(self.settings)
        if lead < shortest:
            raise RotationRefused(
                f"a lead of {_seconds(lead)} is too short: others may keep the JWKS as long as JAVUMBO_JWKS_MAX_AGE "
                f"({_seconds(self.settings.jwks_max_age)}) says; at least {_seconds(shortest)} is needed"
            )
        with self.folder.locked():
            now = self.clock.now()
            change = rotation.Change(self.folder.document())
            for purpose in purposes:
                change = self._rotated(change, purpose, algorithm, now, lead, if_older_than)
            if change.new_keys:
                self._carry_out(change)
        return self._told(change, changed=bool(change.new_keys))

    def revoke(self, kids: Sequence[str], confirm: Callable[[str], bool]) -> Outcome:
        """Revoke keys, or all of them if none is named. RotationRefused if there is no such key, or nobody confirms."""
        change, named = self._revoked(kids)
        if self.dry_run:
            return self._told(change)
        # Asked before the ring is locked: nobody else should wait for somebody to make up their mind.
        if not confirm("\n".join([*change.sentences, "Revoke?"])):
            raise RotationRefused("not confirmed; nothing was changed")
        with self.folder.locked():
            change, named = self._revoked(kids)
            digest = self._carry_out(change)
        behind = self._wait_for_workers(digest)
        lines, signs = self._unusable(named)
        if behind:
            lines.append(
                f"Still believed by the processes {', '.join(map(str, behind))}, which have not read the ring in "
                f"{_NOTICED_WITHIN:.0f} s. Stop them (kill -9) if they do not answer."
            )
        return self._told(change, lines, code=1 if behind or not signs else 0, behind=behind)

    def prune(self) -> Outcome:
        """Take out what is expired or revoked, and delete its files."""
        with self.folder.locked():
            before = self.folder.document()
            change = rotation.prune(before, self.clock.now())
            if change.sentences:
                self._carry_out(change)
                if not self.dry_run:
                    kept = {entry.kid for entry in change.document.entries}
                    self.folder.discard(entry.kid for entry in before.entries if entry.kid not in kept)
        if not change.sentences:
            return self._told(rotation.Change(before, (), ("There is nothing to prune.",)), changed=False)
        return self._told(change)

    def check(self, urls: Sequence[str]) -> Outcome:
        """Ask the JWKS of each host for the keys that will sign next, or that sign where none waits."""
        document, now = self.folder.document(), self.clock.now()
        wanted = [
            (document.waiting(purpose, now) or document.candidates(purpose, now))[0].kid
            for purpose in Purpose
            if document.waiting(purpose, now) or document.candidates(purpose, now)
        ]
        hosts = {url: published.lacking(url, wanted) for url in urls}
        lines = [f"{url}: {lacking or 'has every key that signs next'}" for url, lacking in hosts.items()]
        return Outcome(lines, {"keys": wanted, "hosts": hosts}, code=1 if any(hosts.values()) else 0)

    def _row(self, document: RingDocument, entry: RingEntry, now: datetime) -> dict[str, str | None]:
        drop = rotation.safe_to_drop(document, entry, now, rotation.kept_for(self.settings, entry.purpose))
        return {
            "kid": entry.kid,
            "purpose": entry.purpose.value,
            "algorithm": entry.algorithm.value,
            "state": document.state(entry, now).value,
            "since": entry.sign_from.isoformat(),
            "until": None if entry.verify_until is None else entry.verify_until.isoformat(),
            "safe_to_drop": None if drop is None else drop.isoformat(),
            "fault": self._fault(document, entry),
        }

    def _fault(self, document: RingDocument, entry: RingEntry) -> str | None:
        if entry not in document.active:
            return None
        try:
            self.folder.key(entry)
        except KeyInvalid as error:
            return str(error)
        return None

    def _rotated(
        self,
        change: rotation.Change,
        purpose: Purpose,
        algorithm: Algorithm | None,
        now: datetime,
        lead: timedelta,
        if_older_than: timedelta | None,
    ) -> rotation.Change:
        document = change.document
        if if_older_than is not None and rotation.is_young(document, purpose, now, if_older_than):
            said = f"The newest key for {purpose.value} is younger than {_seconds(if_older_than)}: nothing to do."
            return rotation.Change(document, change.new_keys, (*change.sentences, said))
        signing = document.candidates(purpose, now)
        kind = algorithm or (signing[0].algorithm if signing else Algorithm.EDDSA)
        kept = rotation.kept_for(self.settings, purpose)
        new = rotation.rotate(document, purpose, SigningKey.generate(kind), now, lead, kept)
        return rotation.Change(new.document, (*change.new_keys, *new.new_keys), (*change.sentences, *new.sentences))

    def _carry_out(self, change: rotation.Change) -> str:
        return "" if self.dry_run else self.folder.write(change.document, change.new_keys)

    def _told(
        self, change: rotation.Change, more: Iterable[str] = (), code: int = 0, *, changed: bool = True, **data: Any
    ) -> Outcome:
        lines = [*change.sentences, *more]
        if self.dry_run:
            lines.append(_DRY)
        keys = [entry.kid for entry in change.document.active]
        return Outcome(lines, {"changed": changed and not self.dry_run, "keys": keys, "messages": lines, **data}, code)

    def _revoked(self, kids: Sequence[str]) -> tuple[rotation.Change, Sequence[str]]:
        document = self.folder.document()
        named = [_completed(document, kid) for kid in kids] or [entry.kid for entry in document.active]
        return rotation.revoke(document, named, self.clock.now(), frozenset(self._usable(document))), named

    def _usable(self, document: RingDocument) -> list[str]:
        return [entry.kid for entry in document.active if self._fault(document, entry) is None]

    def _unusable(self, kids: Sequence[str]) -> tuple[list[str], bool]:
        # What was just written is read back: a revocation must not end in a ring that signs for nobody.
        document, now = self.folder.document(), self.clock.now()
        purposes = sorted({entry.purpose for entry in document.entries if entry.kid in kids})
        usable = self._usable(document)
        silent = [p for p in purposes if not any(e.kid in usable for e in document.candidates(p, now))]
        lines = [fault for entry in document.active if (fault := self._fault(document, entry))]
        lines += [f"No key of the ring signs for {purpose.value} now; 'keys list' says why." for purpose in silent]
        return lines, not silent

    def _wait_for_workers(self, digest: str) -> Sequence[int]:
        waited = 0.0
        while (behind := ring_reports.behind(self.settings.run_folder, digest)) and waited < _NOTICED_WITHIN:
            self.pause(0.05)
            waited += 0.05
        return behind


def _in_order(document: RingDocument) -> Iterable[RingEntry]:
    return sorted(document.entries, key=lambda entry: (entry.purpose, entry.sign_from), reverse=True)


def _table(rows: Sequence[dict[str, str | None]]) -> Sequence[str]:
    head = ("KID", "PURPOSE", "ALGORITHM", "STATE", "SIGNS SINCE", "VERIFIES UNTIL", "SAFE TO DROP")
    names = ("kid", "purpose", "algorithm", "state", "since", "until", "safe_to_drop")
    cells = [head, *(tuple(_cell(row[name]) for name in names) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    return [*lines, *(f"! {row['fault']}" for row in rows if row["fault"])]


def _cell(value: str | None) -> str:
    if value is None:
        return "-"
    try:
        return rotation.text(datetime.fromisoformat(value))
    except ValueError:
        return value


def _completed(document: RingDocument, kid: str) -> str:
    found = [entry.kid for entry in document.entries if entry.kid.startswith(kid)]
    if kid in found:
        return kid
    if len(kid) < _SHORTEST_PREFIX or len(found) != 1:
        raise RotationRefused(f"the ring has no key {kid}, or several; 'python -m auth keys list' shows them")
    return found[0]


def _seconds(span: timedelta) -> str:
    return f"{span.total_seconds():.0f}s"
