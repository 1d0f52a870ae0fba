"""Five short passages, two of them with titles."""

from xenc_course.text.collection import Collection

TEXTS = {
    "lima": "The city of Lima trades in grain.",
    "oslo": "A harbour city, where copper is traded.",
    "quito": "High in the mountains they sell silk.",
    "bern": "Bears, brass and a river.",
    "cork": "Ink is made here, and it rains.",
}
TOWNS = Collection("towns", TEXTS, {}, {}, titles={"lima": "Lima", "oslo": "Oslo"})
