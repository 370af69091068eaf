"""Sessions of one user: what more and more of them take on the disk and in a worker, and what they cost."""

import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from rich.progress import track

from api.account.sessions import SignIn
from api.services import Services
from api.store import engine
from api.store.accounts import Account
from loadtests.capacity.checks import Shown, costs_of, kept_of
from loadtests.capacity.plan import Plan, Rows
from loadtests.capacity.population import make_accounts, make_collection, open_sessions, worker
from tests.live import PASSWORD

_SIGN_INS = 5


def measure(plan: Plan) -> Rows:
    """Measure it with each number of sessions. The control is the fewest once more, as times of what they were."""
    rows: Rows = []
    shown: dict[str, Shown] = {}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        for count in track(plan.sessions, description=f"{'sessions':24}"):
            services = stack.enter_context(worker(Path(folder) / str(count), max(plan.sessions)))
            (account,) = make_accounts(services, 1)
            before = _size(services)
            tokens = open_sessions(services, [account] * count)
            rows.append(
                {
                    "sessions": count,
                    "disk_bytes_per_session": (_size(services) - before) / count,
                    "worker_bytes_per_session": kept_of(services, tokens) / count,
                    "sign_in_us": _sign_in(services, account) * 1e6,
                }
            )
            shown[str(count)] = Shown(services, tokens, make_collection(services, account.user_id))
        costs = costs_of(shown, str(min(plan.sessions)), plan.slices)
    control = {"authentication_control": costs.ratio("control", str(min(plan.sessions)))}
    return [row | {"authentication_us": costs.median(str(row["sessions"])) * 1e6} | control for row in rows]


def _size(services: Services) -> int:
    with services.accounts.file.reading() as connection:
        return engine.room_used(connection)


def _sign_in(services: Services, account: Account) -> float:
    claimed = SignIn(account.username, PASSWORD, "web", "192.0.2.1")
    times = []
    for _ in range(_SIGN_INS):
        # Of the process: a password is hashed by several threads.
        began = time.process_time()
        services.sessions.sign_in(claimed)
        times.append(time.process_time() - began)
    return statistics.median(times)
