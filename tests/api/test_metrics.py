import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from api import metrics
from api.metrics import Metrics
from api.services import Services


@pytest.fixture
def several_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterable[None]:
    monkeypatch.setenv(metrics.FOLDER, str(tmp_path))
    yield
    monkeypatch.delenv(metrics.FOLDER)
    Metrics()  # else the processes of other tests would be counted, too


def numbers(kept: Metrics) -> dict[str, float]:
    text = Client(kept.application()).get("/metrics").text
    lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines if not name.endswith("_created")}


def test_a_ring_that_cannot_be_used_is_seen_while_it_lasts_and_counted() -> None:
    kept = Metrics()

    kept.key_ring(True)
    during = numbers(kept)
    kept.key_ring(False)

    assert during["javumbo_key_ring_faulty"] == 1
    assert numbers(kept)["javumbo_key_ring_faulty"] == 0
    assert numbers(kept)["javumbo_key_ring_faults_total"] == 1


def test_failures_of_background_work_are_counted_by_task() -> None:
    kept = Metrics()

    kept.background("key ring")

    assert numbers(kept)['javumbo_background_failures_total{task="key ring"}'] == 1


def test_the_services_of_a_process_count_in_its_metrics(services: Services) -> None:
    services.settings.key_folder.joinpath("ring.json").write_text("garbage")

    services.watcher.look()

    assert numbers(services.metrics)["javumbo_key_ring_faulty"] == 1


@pytest.mark.usefixtures("several_processes")
def test_the_numbers_of_several_processes_are_added_up_and_the_dead_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = Metrics()
    kept.key_ring(True)

    together = numbers(kept)
    metrics.forget_worker(os.getpid())

    assert together["javumbo_key_ring_faulty"] == 1
    assert "javumbo_key_ring_faulty" not in numbers(kept)
    assert numbers(kept)["javumbo_key_ring_faults_total"] == 1


def test_there_is_nothing_else_at_their_address() -> None:
    def start(status: str, headers: Any) -> None:
        assert status == "404 Not Found"

    body = Metrics().application()({"PATH_INFO": "/v1/decks"}, start)

    assert b"/metrics" in b"".join(body)
