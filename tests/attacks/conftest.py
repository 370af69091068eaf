"""Fixtures: a forge that has the service's own key."""

import pytest

from api.services import Services
from tests.attacks.forge import Forge
from tests.callers import Caller


@pytest.fixture
def forge(services: Services, anna: Caller) -> Forge:
    return Forge(services, anna)
