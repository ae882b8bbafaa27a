import pytest

import guests


@pytest.fixture(scope="session")
def guest():
    why_not = guests.missing()
    chosen, why_not = (None, why_not) if why_not else guests.choose()
    if chosen is None:
        pytest.skip(why_not)
    return chosen
