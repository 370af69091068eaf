"""schemathesis follows the links of our OpenAPI document: what one answer names, the next request asks about."""

from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.journeys.test_schema_fuzzing import CHECKS, REQUEST_LINE_TOO_LONG
from tests.live import User, serving

Case = schemathesis.Case[Any]
QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large, HealthCheck.large_base_example]


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("examples", [10, pytest.param(300, marks=pytest.mark.long)])
def test_whichever_way_links_are_followed_there_is_no_5xx_and_no_undocumented_answer(
    tmp_path: Path, examples: int
) -> None:
    seen: Counter[tuple[str, int]] = Counter()
    with serving(tmp_path) as server:
        names = (f"anna{number}" for number in count())
        schema = schemathesis.openapi.from_url(server.url + "/openapi.json").include(path_regex=COLLECTION)

        class Exploration(schema.as_state_machine()):  # type: ignore[misc] # made at run time
            def setup(self) -> None:
                # Hypothesis must get the same answers where it tries the same steps again: an account for each example.
                self.user = User(server, next(names)).sign_up()

            def get_call_kwargs(self, _case: Case) -> dict[str, Any]:
                return {"headers": {"Authorization": f"Bearer {self.user.token}"}}

            def validate_response(self, response: Any, case: Case, **_: Any) -> None:
                if response.status_code == REQUEST_LINE_TOO_LONG:
                    return
                seen[case.operation.label, response.status_code] += 1
                case.validate_response(response, checks=CHECKS)

        run_state_machine_as_test(
            Exploration,
            settings=settings(
                max_examples=examples,
                stateful_step_count=12,
                deadline=None,
                database=None,
                derandomize=True,
                phases=[Phase.generate],
                suppress_health_check=QUIET,
            ),
        )

    assert not any(status >= 500 for _, status in seen)
    assert len({label for label, status in seen if status < 300}) > 5


COLLECTION = r"^/v1/(decks|cards|note-types|trash|stats|tags|preferences)"
