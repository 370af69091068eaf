"""What verifying a token costs: remembered, seen for the first time, and crafted by an attacker.

    python -m loadtests.verification

Every figure is thread time in one process, taken in interleaved slices, and told as a ratio. A control of one
thing against itself must come out between 0.95 and 1.05, or the run is worth nothing and fails.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from api.app import create_app
from api.server import prepare
from api.services import build_services
from api.settings import Settings
from auth.errors import AuthError
from auth.key_folder import KeyFolder
from auth.keys import Algorithm, SigningKey
from auth.keystore import KeyStore
from auth.ring_document import Purpose, RingDocument, RingEntry
from auth.tokens import AccessTokens
from loadtests.measuring import Restless, Work, measure
from tests.attacks.crafted import crafted
from tests.attacks.forge import Forge
from tests.callers import sign_up
from tests.clocks import NOON, ManualClock
from tests.grants import grant

SLICES = 30
DEAREST = 2.0
"""How much more than a well-formed token with a wrong signature any other may cost."""


def refused(tokens: AccessTokens, text: str) -> Work:
    """Verify a token that must not pass."""

    def verify() -> None:
        try:
            tokens.verify(text)
        except AuthError:
            return
        raise AssertionError("it was accepted")

    return verify


def seen_and_unseen(settings: Settings, clock: ManualClock) -> None:
    """Print what the memory of verified tokens saves, for each algorithm."""
    print(f"{'':24}{'first time':>12}{'remembered':>12}{'saved':>8}")
    for algorithm in Algorithm:
        tokens, store = _ring_of(algorithm, settings, clock)
        issued = [tokens.issue(grant(7)).text for _ in range(200)]

        def first_time(texts: Sequence[str] = issued, store: KeyStore = store, tokens: AccessTokens = tokens) -> None:
            for text in texts:
                store.ring.memory.forget(text)
                tokens.verify(text)

        def remembered(texts: Sequence[str] = issued, tokens: AccessTokens = tokens) -> None:
            for text in texts:
                tokens.verify(text)

        taken = measure({"first": first_time, "again": remembered}, "again", SLICES)
        first, again = (taken.median(name) / len(issued) * 1e6 for name in ("first", "again"))
        print(f"{algorithm.value:24}{first:9.1f} µs{again:9.1f} µs{taken.ratio('first', 'again'):7.1f}x")


def _ring_of(algorithm: Algorithm, settings: Settings, clock: ManualClock) -> tuple[AccessTokens, KeyStore]:
    folder = KeyFolder(settings.data / algorithm.value)
    key = SigningKey.generate(algorithm)
    folder.path.mkdir(mode=0o700)
    folder.write(RingDocument([RingEntry(key.kid, algorithm, Purpose.SESSION, NOON, NOON)]), [key])
    store = KeyStore(folder)
    return AccessTokens(store, settings, clock), store


def attacks(settings: Settings, clock: ManualClock) -> bool:
    """Print which crafted tokens are the dearest to refuse, and tell whether all stay within the bound."""
    services = build_services(settings, clock)
    anna = sign_up(create_app(services).test_client(), "anna")
    forge = Forge(services, anna)
    tokens = AccessTokens(services.keystore, settings, clock)
    header, payload, _ = forge.token().split(".")
    wrong_signature = f"{header}.{payload}.{forge.with_claims(jti='x' * 22).split('.')[2]}"
    kinds = {name: refused(tokens, text) for name, text in crafted(forge).items()}
    kinds["wrong signature"] = refused(tokens, wrong_signature)
    taken = measure(kinds, "wrong signature", SLICES)
    services.close()
    ratios = sorted(((taken.ratio(name, "wrong signature"), name) for name in kinds), reverse=True)
    usual = taken.median("wrong signature") * 1e6
    print(f"\nrefusing a wrong signature: {usual:.1f} µs; the dearest of {len(kinds)} others:")
    for ratio, name in ratios[:5]:
        print(f"{ratio:8.2f}x  {name}")
    return ratios[0][0] <= DEAREST


def main() -> int:
    """Run both benchmarks; 0 if the promise was kept."""
    with tempfile.TemporaryDirectory() as folder:
        clock = ManualClock()
        settings = Settings.from_environ({"JAVUMBO_DATA": str(Path(folder) / "data")})
        prepare(settings, clock.now())
        try:
            seen_and_unseen(settings, clock)
            kept = attacks(settings, clock)
        except Restless:
            print(Restless.ADVICE)
            return 2
    print("\nkept" if kept else "\nNOT kept")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
