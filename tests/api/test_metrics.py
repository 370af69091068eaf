import os
import subprocess
import sys
from collections.abc import Iterable
from datetime import timedelta
from math import inf
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import Client

from api import metrics
from api.metrics import Metrics
from api.services import Services
from tests.callers import Caller
from tests.clocks import ManualClock

ROOT = Path(__file__).parents[2]


@pytest.fixture
def several_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterable[None]:
    monkeypatch.setenv(metrics.FOLDER, str(tmp_path))
    yield
    monkeypatch.delenv(metrics.FOLDER)
    Metrics(ManualClock())  # else the processes of other tests would be counted, too


@pytest.fixture
def kept(clock: ManualClock) -> Metrics:
    return Metrics(clock)


def numbers(kept: Metrics) -> dict[str, float]:
    text = Client(kept.application()).get("/metrics").text
    lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines if not name.endswith("_created")}


def another_process(does: str) -> int:
    """Let another worker tell what it has to; return its process id. Nobody has said of it yet that it is dead."""
    script = (
        "import os; from api.metrics import Metrics; from tests.clocks import ManualClock\n"
        f"kept = Metrics(ManualClock()); {does}; print(os.getpid())"
    )
    told = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True)
    return int(told.stdout)


def age(pid: int) -> str:
    return f'javumbo_revocation_knowledge_age_seconds{{pid="{pid}"}}'


def known(pid: int) -> str:
    return f'javumbo_revocations_known{{pid="{pid}"}}'


def test_a_ring_that_cannot_be_used_is_seen_while_it_lasts_and_counted(kept: Metrics) -> None:
    kept.key_ring(True)
    during = numbers(kept)
    kept.key_ring(False)

    assert during["javumbo_key_ring_faulty"] == 1
    assert numbers(kept)["javumbo_key_ring_faulty"] == 0
    assert numbers(kept)["javumbo_key_ring_faults_total"] == 1


def test_failures_of_background_work_are_counted_by_task(kept: Metrics) -> None:
    kept.background("key ring")

    assert numbers(kept)['javumbo_background_failures_total{task="key ring"}'] == 1


def test_what_ended_is_counted_by_why(kept: Metrics) -> None:
    kept.revoked("sign-out", 1)
    kept.revoked("sign-out", 4)

    assert numbers(kept)['javumbo_revocations_total{why="sign-out"}'] == 5


def test_every_event_has_a_counter_of_its_own(kept: Metrics) -> None:
    kept.refreshed("reused")
    kept.replayed_elsewhere()
    kept.refused("revoked_token")
    kept.appended("down")
    kept.purged("revocations", 3)

    found = numbers(kept)
    assert found['javumbo_refreshes_total{outcome="reused"}'] == 1
    assert found["javumbo_refresh_replays_from_elsewhere_total"] == 1
    assert found['javumbo_refused_tokens_total{code="revoked_token"}'] == 1
    assert found['javumbo_revocation_appends_total{outcome="down"}'] == 1
    assert found['javumbo_purged_rows_total{what="revocations"}'] == 3


def test_redis_is_seen_and_its_changes_are_counted(kept: Metrics) -> None:
    kept.redis(True)
    kept.redis(False)
    kept.redis(True)

    found = numbers(kept)
    assert found["javumbo_redis_up"] == 1
    assert [found[f'javumbo_redis_state_changes_total{{state="{state}"}}'] for state in ("up", "down")] == [2, 1]


def test_the_age_of_what_is_known_grows_while_nobody_tells_anything(kept: Metrics, clock: ManualClock) -> None:
    kept.knowledge(clock.monotonic(), 7)

    clock.advance(timedelta(seconds=90))

    found = numbers(kept)
    assert found["javumbo_revocation_knowledge_age_seconds"] == 90
    assert found["javumbo_revocations_known"] == 7


def test_what_a_worker_knows_that_has_never_read_is_infinitely_old(kept: Metrics) -> None:
    assert numbers(kept)["javumbo_revocation_knowledge_age_seconds"] == inf


@pytest.mark.usefixtures("several_processes")
def test_a_worker_that_stands_still_is_seen_to_know_less_and_less(clock: ManualClock) -> None:
    pid = another_process("kept.knowledge(0.0, 7)")
    kept = Metrics(clock)

    clock.advance(timedelta(seconds=3))
    kept.knowledge(clock.monotonic(), 8)
    clock.advance(timedelta(seconds=1))

    found = numbers(kept)
    assert (found[age(pid)], found[age(os.getpid())]) == (4, 1)
    assert (found[known(pid)], found[known(os.getpid())]) == (7, 8)


@pytest.mark.usefixtures("several_processes")
def test_what_a_dead_worker_knew_is_gone_and_what_it_counted_stays(clock: ManualClock) -> None:
    pid = another_process("kept.knowledge(0.0, 7); kept.redis(True); kept.revoked('operator', 2)")
    kept = Metrics(clock)
    kept.redis(True)
    kept.revoked("operator", 3)
    before = numbers(kept)

    metrics.forget_worker(pid)

    after = numbers(kept)
    assert before.keys() - after.keys() == {age(pid), known(pid)}
    assert (before["javumbo_redis_up"], after["javumbo_redis_up"]) == (2, 1)
    assert after['javumbo_revocations_total{why="operator"}'] == 5


@pytest.mark.usefixtures("several_processes")
def test_requests_of_all_workers_are_counted_and_timed_together(clock: ManualClock) -> None:
    another_process("kept.request('GET', '/v1/decks', 200, 0.02)")
    kept = Metrics(clock)

    kept.request("GET", "/v1/decks", 200, 0.3)

    found = numbers(kept)
    assert found['javumbo_requests_total{method="GET",route="/v1/decks",status="200"}'] == 2
    assert found['javumbo_request_seconds_sum{route="/v1/decks"}'] == pytest.approx(0.32)
    buckets = [found[f'javumbo_request_seconds_bucket{{le="{le}",route="/v1/decks"}}'] for le in ("0.025", "0.5")]
    assert buckets == [1, 2]


def test_what_can_happen_is_nought_before_it_has_happened(kept: Metrics) -> None:
    found = numbers(kept)

    assert found['javumbo_refreshes_total{outcome="reused"}'] == 0
    assert found['javumbo_redis_state_changes_total{state="down"}'] == 0
    assert found['javumbo_revocation_appends_total{outcome="refused"}'] == 0


def test_answers_are_counted_by_their_route_and_not_by_their_path(services: Services, anna: Caller) -> None:
    for number in range(3):
        anna.ask("GET", f"/v1/cards/{number + 5}")
        anna.ask("GET", f"/nothing/{number}")

    found = numbers(services.metrics)
    card = 'javumbo_requests_total{method="GET",route="/v1/cards/<int:card_id>",status="404"}'
    assert found[card] == found['javumbo_request_seconds_count{route="/v1/cards/<int:card_id>"}'] == 3
    assert found['javumbo_requests_total{method="GET",route="unmatched",status="404"}'] == 3


def test_a_method_that_somebody_makes_up_is_one_of_the_others(services: Services, client: FlaskClient) -> None:
    for method in ("BREW", "PROPFIND", "X" * 50):
        client.open("/v1/decks", method=method)

    counted = {name for name in numbers(services.metrics) if "requests_total" in name}
    assert counted == {'javumbo_requests_total{method="other",route="unmatched",status="405"}'}


def test_the_services_of_a_process_count_in_its_metrics(services: Services) -> None:
    services.settings.key_folder.joinpath("ring.json").write_text("garbage")

    services.watcher.look()

    assert numbers(services.metrics)["javumbo_key_ring_faulty"] == 1


@pytest.mark.usefixtures("several_processes")
def test_the_numbers_of_several_processes_are_added_up_and_the_dead_are_forgotten(
    clock: ManualClock,
) -> None:
    kept = Metrics(clock)
    kept.key_ring(True)

    together = numbers(kept)
    metrics.forget_worker(os.getpid())

    assert together["javumbo_key_ring_faulty"] == 1
    assert "javumbo_key_ring_faulty" not in numbers(kept)
    assert numbers(kept)["javumbo_key_ring_faults_total"] == 1


def test_there_is_nothing_else_at_their_address() -> None:
    def start(status: str, headers: Any) -> None:
        assert status == "404 Not Found"

    body = Metrics(ManualClock()).application()({"PATH_INFO": "/v1/decks"}, start)

    assert b"/metrics" in b"".join(body)
