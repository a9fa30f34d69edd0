"""Two therapists of one practice, each with a full diary."""

from dataclasses import replace

import pytest

from tests.desk.diary_rows import Diary, diary_of, write_canaries
from tests.factories import (
    World,
    make_hours,
    make_places,
    make_service,
    make_session,
    make_therapist,
)


@pytest.fixture
def theirs(world: World) -> Diary:
    return diary_of(world)


@pytest.fixture
def mine(theirs: Diary) -> Diary:
    """The second therapist's, in the same house; the first's is written over with canaries."""
    whose = make_therapist(practice=theirs.therapist.practice, name="Ash Lane")
    make_places(whose)
    make_hours(whose)
    world = replace(
        theirs.world,
        therapist=whose,
        consultation=make_service(whose),
        session=make_session(whose),
    )
    found = diary_of(world)
    write_canaries(theirs)
    return found
