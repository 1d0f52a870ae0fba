"""What an instructor asks `make adapt` for, read and tried before any lesson runs."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import yaml
from nbformat import NotebookNode

from xenc_course.models.catalogue import known_model
from xenc_course.models.loading import load_bi_encoder, load_cross_encoder
from xenc_course.teaching.own_material import OwnMaterial

from ..cells import is_markdown
from .replace import strings_of

LESSONS: dict[str, dict] = tomllib.loads(
    Path(__file__).with_name("adapt.toml").read_text(encoding="utf-8")
)
CROSS_ENCODER, BI_ENCODER = "ms-marco-MiniLM-L12-v2", "all-MiniLM-L6-v2"
SHORT = {CROSS_ENCODER: "L12", BI_ENCODER: "all-MiniLM"}  # what tables of the lessons call them
EXAMPLES = "examples.yaml"
BESIDE = "collection"  # the folder of a collection beside the copies


@dataclass(frozen=True)
class Order:
    """What an instructor asks for; None keeps what the course has.

    Attributes:
        source: what `load_collection` takes: a folder, or a name.
        name: of the collection, as lessons show it.
        cross_encoder: what `load_cross_encoder` takes.
        bi_encoder: what `load_bi_encoder` takes.
        examples: text of a lesson's example -> text that takes its place.
    """

    source: str | None = None
    name: str | None = None
    cross_encoder: str | None = None
    bi_encoder: str | None = None
    examples: Mapping[str, str] = field(default_factory=dict)

    @property
    def handed_out(self) -> str | None:
        """What a copy loads: a folder lies beside it, so that both can be handed out."""
        if self.source is None or not Path(self.source).is_dir():
            return self.source
        return f"{BESIDE}/{self.name}"

    def names(self, lesson: str) -> dict[str, str]:
        """Names that a lesson has -> names that take their place.

        Args:
            lesson: its name.
        """
        names = {LESSONS[lesson]["replaces"]: self.name} if self.name else {}
        for old, new in self._models():
            names |= {old: new, f"{old}-int8": f"{new}-int8", SHORT[old]: Path(new).name}
        return names

    def said(self, lesson: str) -> str:
        """What takes the place of what in a lesson, in words.

        Args:
            lesson: its name.
        """
        replaced = LESSONS[lesson]["replaces"]
        said = [f"**{self.name}** takes the place of {replaced}"] if self.name else []
        for old, new in self._models():
            said.append(f"**{new}** ({Path(new).name}) takes that of {old} ({SHORT[old]})")
        return ", ".join(said)

    def _models(self) -> list[tuple[str, str]]:
        pairs = ((CROSS_ENCODER, self.cross_encoder), (BI_ENCODER, self.bi_encoder))
        return [(old, new) for old, new in pairs if new]


def read_order(
    collection: str = "",
    cross_encoder: str = "",
    bi_encoder: str = "",
    examples: Path | None = None,
) -> Order:
    """Read what an instructor asks for, and load it once, before anything runs.

    Args:
        collection: a folder in BEIR layout, or a name that `load_collection` takes; "" keeps the
            course's collections.
        cross_encoder: a hub id, a folder or a name of the catalogue; "" keeps the course's.
        bi_encoder: likewise.
        examples: a YAML file of texts; `examples.yaml` in the folder of the collection when None.

    Returns:
        The order.

    Raises:
        ValueError: nothing is asked for, the file of examples does not map texts to texts, and what
            `OwnMaterial` and the functions that load raise.
        FileNotFoundError: there is no such file of examples, no such collection or no such model.
    """
    if not (collection or cross_encoder or bi_encoder):
        raise ValueError(
            "Name what takes the place of the course's: make adapt COLLECTION=folder, "
            "CROSS_ENCODER=hub-id-or-folder or BI_ENCODER=hub-id-or-folder."
        )
    folder = Path(collection).expanduser()
    if collection and folder.is_dir():
        collection = str(folder.resolve())
        if examples is None and (folder / EXAMPLES).is_file():
            examples = folder / EXAMPLES
    own = OwnMaterial(collection or None).collection
    models = (_named(cross_encoder, CROSS_ENCODER), _named(bi_encoder, BI_ENCODER))
    for model, load in zip(models, (load_cross_encoder, load_bi_encoder), strict=True):
        if model:
            load(model)
    name = own.name if own else None
    return Order(collection or None, name, *models, _read_examples(examples) if examples else {})


def texts_of(lesson: str) -> dict[str, str]:
    """Strings of a lesson's code that are true of the course's run alone -> what is true of all.

    Args:
        lesson: its name.
    """
    return LESSONS[lesson].get("texts", {})


def check_labels(order: Order, lessons: Mapping[str, NotebookNode]) -> None:
    """Refuse a model whose short name a lesson has for something else.

    Args:
        order: what is asked for.
        lessons: name -> notebook, those that are to be adapted.

    Raises:
        ValueError: a label is taken, or both models have the same.
    """
    labels = [Path(model).name for model in (order.cross_encoder, order.bi_encoder) if model]
    if len(labels) != len(set(labels)):
        raise ValueError(f"Both models would be called {labels[0]!r} in tables: rename a folder.")
    for name, lesson in lessons.items():
        taken = {word for text in strings_of(lesson) for word in (text, text.split(",")[0])}
        for label in labels:
            if label in taken:
                raise ValueError(
                    f"Lesson {name[:2]} calls another model or stage {label!r}: rename the folder "
                    "of yours, or leave that lesson out with LESSONS."
                )


def check_examples(examples: Mapping[str, str], lessons: Iterable[NotebookNode]) -> None:
    """Refuse an example that no lesson has.

    Args:
        examples: text -> text that takes its place.
        lessons: all that can be adapted.

    Raises:
        ValueError: a text stands in none of them.
    """
    lessons = list(lessons)
    strings = {text for lesson in lessons for text in strings_of(lesson)}
    prose = "\n".join(c.source for lesson in lessons for c in lesson.cells if is_markdown(c))
    for text in examples:
        if text not in strings and text not in prose:
            near = get_close_matches(text, strings, n=1, cutoff=0.0)
            raise ValueError(f"No lesson has the example {text!r}: did you mean {near[0]!r}?")


def _named(model: str, default: str) -> str | None:
    """What a copy calls a model: a folder by its whole path; None for the course's own."""
    folder = Path(model).expanduser()
    if model and folder.is_dir():
        return str(folder.resolve())
    known = known_model(model)
    name = known.name if known else model
    return name if name and name != default else None


def _read_examples(path: Path) -> dict[str, str]:
    try:
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is no YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(read, dict) or not all(
        isinstance(text, str) for pair in read.items() for text in pair
    ):
        raise ValueError(f'{path} does not map texts to texts: write lines such as "old": "new".')
    return read
