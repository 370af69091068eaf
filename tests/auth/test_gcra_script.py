"""Redis' script does the arithmetic of auth/gcra.py: it is run by a clock of the test's, whole days in a moment."""

import json
import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from redis import Redis

from auth.gcra import Rate
from tests import redis_process
from tests.auth.limiting import START, clocked_script
from tests.redis_programs import PROGRAMS

AT_ONCE = 500
# Two centuries later. No clock says more.
END = 10_000_000_000_000
DAY = 86_400_000
WORKERS = 999
NAMES = ("a", "", "ä b")
LARGEST = [Rate(25_000, DAY, 25_000), Rate(1, DAY, 25_000), Rate(25_000, DAY, 1), Rate(24_999, DAY - 1, 24_999)]
# Several steps of one history in one go.
DRIVER = """
local function run(KEYS, ARGV)
{script}
end
local answers = {{}}
local first = 2
for place, step in ipairs(cjson.decode(ARGV[1])) do
  local keys, count = unpack(step)
  answers[place] = run(keys, {{ unpack(ARGV, first, first + count - 1) }})
  first = first + count
end
return answers
"""


@pytest.fixture(scope="module", params=PROGRAMS)
def redis(request: pytest.FixtureRequest) -> Iterator[Redis]:
    with redis_process.running("--appendonly", "no", program=request.param()) as server:
        with server.client() as client:
            yield client


@dataclass
class Model:
    """The levels of the buckets of one policy, by the arithmetic in Python."""

    rate: Rate
    workers: int
    now: int
    levels: dict[str, int] = field(default_factory=dict)

    @property
    def memory(self) -> int:
        return self.rate.memory * self.workers

    @property
    def settled_at_most(self) -> int:
        """What the workers can have admitted together, in requests."""
        return self.rate.burst * self.workers

    def go(self, pause: int) -> None:
        self.now += pause
        self.levels = {name: self.rate.drained(level, pause) for name, level in self.levels.items()}

    def admits(self, costs: dict[str, int]) -> bool:
        return all(self.rate.admits(self.levels.get(name, 0), cost) for name, cost in costs.items())

    def charge(self, costs: dict[str, int]) -> None:
        for name, cost in costs.items():
            self.levels[name] = self.rate.charged(self.levels.get(name, 0), cost)

    def told(self, costs: dict[str, int]) -> bytes:
        rate, count = self.rate, len(costs)
        numbers = struct.pack("<5d", count, rate.quota, rate.window, rate.burst, self.memory)
        numbers += struct.pack(f"<{count}d", *costs.values())
        return numbers + b"".join(name.encode() + b"\0" for name in costs)

    def answer(self, costs: dict[str, int]) -> bytes:
        return struct.pack(f"<{len(costs)}d", *(self.levels.get(name, 0) for name in costs))


class History:
    """Random steps of one to three policies: what is asked of the script, and what the arithmetic answers."""

    def __init__(self, number: int) -> None:
        self.random = random.Random(number)
        self.models = [self.model() for _ in range(self.random.randint(1, 3))]
        self.keys = [f"{number}:{place}" for place in range(len(self.models))]
        self.steps: list[tuple[list[str], int]] = []
        self.arguments: list[str | bytes] = []
        self.answers: list[list[object]] = []
        for _ in range(self.random.randint(2, 12)):
            self.step()

    def model(self) -> Model:
        rate = self.random.choice([*LARGEST, Rate(60, 60_000, 60), *[self.rate() for _ in range(8)]])
        return Model(rate, self.random.choice([1, 1, 4, WORKERS + 1]), START)

    def rate(self) -> Rate:
        burst = self.random.randint(1, 10)
        return Rate(self.random.randint(1, 10), self.random.choice([1, 7, 1000, 60_000]), burst)

    def step(self) -> None:
        pause = self.pause()
        mode = self.random.choice(["if all admit", "if all admit", "always"])
        costs = [self.costs(model, mode) for model in self.models]
        pairs = list(zip(self.models, costs, strict=True))
        for model in self.models:
            model.go(pause)
        arguments: list[str | bytes] = [mode, *(model.told(some) for model, some in pairs), str(self.models[0].now)]
        self.steps.append((self.keys, len(arguments)))
        self.arguments += arguments
        is_charged = mode == "always" or all(model.admits(some) for model, some in pairs)
        if is_charged:
            for model, some in pairs:
                model.charge(some)
        self.answers.append([int(is_charged), *(model.answer(some) for model, some in pairs)])

    def pause(self) -> int:
        """Nothing, a little, or about what some period or wait takes."""
        model = self.random.choice(self.models)
        to_the_period = model.memory - model.now % model.memory
        level = max(model.levels.values(), default=0)
        around = self.random.choice(
            [to_the_period, to_the_period + model.memory, model.rate.outlook(level)[1], model.memory]
        )
        pause = self.random.choice([0, self.random.randint(0, 50), max(0, around + self.random.randint(-1, 1))])
        return pause if model.now + pause < END else 0

    def costs(self, model: Model, mode: str) -> dict[str, int]:
        names = self.random.sample(NAMES, self.random.randint(1, len(NAMES)))
        return {name: self.cost(model, name, mode) for name in names}

    def cost(self, model: Model, name: str, mode: str) -> int:
        if mode == "if all admit":
            return self.random.choice([1, 1, self.random.randint(1, model.rate.burst)])
        left = model.settled_at_most - model.levels.get(name, 0) // model.rate.window - 1
        return self.random.randint(-model.rate.burst, max(0, self.random.choice([left, min(left, model.rate.burst)])))


@pytest.mark.parametrize("times", [1_000, pytest.param(10_000, marks=pytest.mark.long)])
def test_random_histories_go_as_the_arithmetic_says(redis: Redis, times: int) -> None:
    script = redis.register_script(DRIVER.format(script=clocked_script()))
    admitted = refused = 0

    for first in range(0, times, AT_ONCE):
        histories = [History(number) for number in range(first, first + AT_ONCE)]
        with redis.pipeline(transaction=False) as pipeline:
            for history in histories:
                script(args=[json.dumps(history.steps), *history.arguments], client=pipeline)
            told = pipeline.execute()
        assert told == [history.answers for history in histories]
        redis.flushall()
        results = [answer[0] for history in histories for answer in history.answers]
        admitted += results.count(1)
        refused += results.count(0)

    assert min(admitted, refused) > times / 2
