"""Ten passages on cities."""

from xenc_course import Collection

PLACES = ["Lima", "Oslo", "Quito", "Accra", "Hanoi", "Cairo", "Perth", "Turin", "Kyoto", "Davao"]
TEXTS = {
    f"p{n}": f"{place} is a city of {n + 3} million people near the sea. Its harbour ships grain. "
    f"Visitors of {place} admire the old tower{n} and its bells."
    for n, place in enumerate(PLACES)
}
CITIES = Collection("cities", TEXTS, {}, {}, titles={f"p{n}": p for n, p in enumerate(PLACES)})
