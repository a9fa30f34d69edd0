"""Where the demo practice meets: a made-up room, a video room, and two points by real parks."""

from typing import Any

from availability.models import Format, Place

ROOM: dict[str, Any] = {
    "format": Format.IN_PERSON,
    "name": "The Fulham room",
    "address": "12 Example Mews, London SW6 0AA",
    "address_shown": Place.AddressShown.PUBLIC,
    "area": "Fulham, London SW6, near Putney Bridge station",
    "directions": "First floor, above the bookshop. Ring the bell marked Kicks, and I’ll come down "
    "to let you in.",
    "latitude": 51.4719,
    "longitude": -0.2084,
    "steps": "14 stairs with a rail, and no lift. We can meet online or outdoors instead.",
    "toilet": "A toilet on the same floor, too narrow for a wheelchair.",
    "inside": "Chairs with arms, and one without, two metres apart. No sign in the window, and no "
    "shared waiting room.",
    "train": "District line to Putney Bridge, then 7 minutes on foot, all level.",
    "bus": "Buses stop on the high street, 3 minutes away.",
    "parking": "Bike stands outside. Parking is paid, until 8pm.",
}
VIDEO: dict[str, Any] = {
    "format": Format.ONLINE,
    "name": "Video room",
    "video_url": "https://meet.example.org/kicks-therapy",
}
GATE: dict[str, Any] = {
    "format": Format.WALKING,
    "name": "Bishop’s Park, river gate",
    "address": "Bishop’s Avenue, London SW6 6EA",
    "address_shown": Place.AddressShown.PUBLIC,
    "area": "Fulham, London SW6, by the river",
    "directions": "I’ll be on the bench just inside the gate, in a green coat.",
    "latitude": 51.4716,
    "longitude": -0.2169,
    "steps": "No steps: wide, level, paved paths, with a bench every few minutes.",
    "toilet": "Public toilets in the park, open in daylight.",
    "train": "District line to Putney Bridge, then 9 minutes on foot through the park.",
    "bus": "Buses stop on Fulham Palace Road, 5 minutes away.",
    "parking": "Bike stands at the gate. Parking is paid, until 5pm.",
    "bring": "Shoes you’re happy to walk in, one layer more than you think, and something for the "
    "rain. In heavy rain or ice I’ll email you by noon, and we’ll meet online instead.",
}
COMMON: dict[str, Any] = {
    "format": Format.WALKING,
    "name": "Barnes Common, station side",
    "address": "Station Road, London SW13 0HT",
    "address_shown": Place.AddressShown.PUBLIC,
    "area": "Barnes, London SW13",
    "directions": "We meet at the notice board by the station footpath.",
    "latitude": 51.4671,
    "longitude": -0.2411,
    "steps": "No steps, but grass and earth: muddy after rain, and hard going with wheels.",
    "toilet": "No toilet on the common. The nearest is at the station, while it’s staffed.",
    "train": "Trains to Barnes, then 2 minutes on foot.",
    "bus": "Buses stop on Rocks Lane, 5 minutes away.",
    "bring": "Shoes for mud, one layer more than you think, and something for the rain.",
}
PLACES = (ROOM, VIDEO, GATE, COMMON)
