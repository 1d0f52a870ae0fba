"""Groups to train on for a few steps, and the weights to compare afterwards."""

from xenc_course.training.loop import Group

WORDS = ["river", "lake", "city", "king", "song", "plane", "metal", "bread", "cloud", "stone"]
GROUPS = [
    Group(word, (f"{word} and more", f"nothing {other}"), (3.0, -3.0))
    for word, other in zip(WORDS, reversed(WORDS), strict=True)
]


def weights(model) -> dict[str, bytes]:
    return {name: t.numpy().tobytes() for name, t in model.model.state_dict().items()}
