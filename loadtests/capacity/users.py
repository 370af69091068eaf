"""Users: what authentication and a whole read cost with more and more of them, each with a collection."""

import random
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from loadtests.capacity import reads
from loadtests.capacity.checks import Shown, costs_of
from loadtests.capacity.plan import Plan, Rows
from loadtests.capacity.population import Person, settle, worker
from loadtests.measuring import Measured


def measure(plan: Plan) -> Rows:
    """Measure it with each number of users. The control is the fewest once more, as times of what they were."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        with worker(data) as services:
            people = settle(services, max(plan.users))
            room = services.collections.path(1).stat().st_size
        # So that those who ask most are not those whose files were made first.
        random.Random(1).shuffle(people)
        authentication = _authentication(data, people, plan)
        figures = reads.measure(data, people, plan)
    control = {"authentication_control": authentication.ratio("control", str(min(plan.users)))}
    return [
        {
            "users": users,
            "authentication_us": authentication.median(str(users)) * 1e6,
            **figures[users],
            "collection_bytes": room,
            **control,
        }
        for users in plan.users
    ]


def _authentication(data: Path, people: Sequence[Person], plan: Plan) -> Measured:
    tokens = [person.token for person in people]
    with ExitStack() as stack:
        workers = {users: stack.enter_context(worker(data, max(plan.users))) for users in plan.users}
        shown = {str(users): Shown(one, tokens[:users], people[0].card_id) for users, one in workers.items()}
        return costs_of(shown, str(min(plan.users)), plan.slices)
