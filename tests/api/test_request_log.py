import json
import logging
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from api import request_log
from api.request_log import LineFormatter


def line(**extra: Any) -> str:
    record = logging.makeLogRecord({"name": "javumbo", "levelname": "INFO", "msg": "refused", **extra})
    return LineFormatter().format(record)


def test_a_line_says_when_what_and_with_what() -> None:
    assert re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO javumbo "refused" status=404', line(status=404))


@pytest.mark.parametrize("value", ["a b", "a\nb", 'a"b', "a=b", "é", ""])
def test_nobody_can_forge_a_line(value: str) -> None:
    written = line(path=value)

    assert "\n" not in written
    assert written.endswith(f" path={json.dumps(value)}")


def test_an_exception_is_logged_with_where_it_came_from() -> None:
    try:
        raise RuntimeError("why")
    except RuntimeError as error:
        written = line(exc_info=(type(error), error, error.__traceback__))

    assert "RuntimeError: why" in written


def test_every_answer_has_an_id_of_its_own_and_a_line(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "javumbo")

    ids = [client.get("/healthz").headers["X-Request-ID"] for _ in range(2)]

    lines = [vars(record) for record in caplog.records if record.name == "javumbo.requests"]
    assert len(set(ids)) == 2
    assert [line["path"] for line in lines] == ["/healthz", "/healthz"]


def test_the_query_string_is_not_logged(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "javumbo")

    client.get("/v1/decks?access_token=secret")

    assert "secret" not in str([vars(record) for record in caplog.records])


def test_the_log_of_a_process_goes_to_standard_error_with_the_request_id(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    logger = logging.getLogger("javumbo")
    before = logger.handlers[:], logger.level, logger.propagate
    request_log.configure()

    request_id = client.get("/healthz").headers["X-Request-ID"]
    logger.info("outside of a request")

    logger.handlers[:], logger.level, logger.propagate = before
    lines = capsys.readouterr().err.splitlines()
    assert f"request_id={request_id}" in lines[0]
    assert "request_id" not in lines[1]
