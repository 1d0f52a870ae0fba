"""What decides a distilled student, and the student before its training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xenc_course.display.arguments import at_least
from xenc_course.models.catalogue import CROSS_ENCODER, MODELS
from xenc_course.models.loading import catalogue_model, load_cross_encoder, model_folder

from .distillation_data import PASSAGES
from .losses import check_options
from .shrinking import keep_layers

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


@dataclass(frozen=True)
class Plan:
    """What decides a student, in the order of the command's options.

    Attributes:
        teacher: scores the pairs: a name or a folder; a file in int8 is the fastest.
        student: "layers:0,2,4" keeps these layers of `start`. A name or a folder is a model that is
            trained as it is; a bi-encoder gets a new head.
        text: sources for `load_passages`.
        n_pairs: how many are labelled and trained on.
        start: the model whose layers are kept; the teacher in fp32 if "".
        match: the teacher's layers whose output the student's layers copy; none if empty.
        match_weight: see `Match`.
        epochs: see `train`, also for the following.
        learning_rate: the highest.
        batch: groups per step.
        loss: its name.
        bfloat16: whether matrices are multiplied with 8 bits of precision.
        seed: of all draws.
    """

    teacher: str
    student: str
    text: tuple[str, ...]
    n_pairs: int
    start: str = ""
    match: tuple[int, ...] = ()
    match_weight: float = 10.0
    epochs: int = 1
    learning_rate: float = 5e-5
    batch: int = 6
    loss: str = "mse"
    bfloat16: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what no training can use, before anything is loaded or written.

        Raises:
            TypeError: `text` is one string, or a count is no whole number.
            ValueError: a number is too small.
        """
        if isinstance(self.text, str):
            raise TypeError("text is one string: give a tuple of sources.")
        at_least("n_pairs", self.n_pairs, PASSAGES)
        at_least("seed", self.seed, 0)
        check_options(self.loss, self.learning_rate, epochs=self.epochs, batch=self.batch)
        for name in ("teacher", "student", "start"):  # a Path becomes the text that JSON can hold
            object.__setattr__(self, name, str(getattr(self, name)))
        object.__setattr__(self, "text", tuple(map(str, self.text)))


def untrained_student(plan: Plan) -> CrossEncoder:
    """Make the student that a plan trains, with the weights that it begins with.

    Raises:
        FileNotFoundError: there is no such model.
        ValueError: the layers are no numbers, or the model has no such layer; and what else loading
            the model raises.
    """
    if plan.student.startswith("layers:"):
        try:
            layers = [int(part) for part in plan.student.removeprefix("layers:").split(",")]
        except ValueError:
            raise ValueError(
                f"{plan.student} names no layers: write numbers with commas, as in layers:0,5,11."
            ) from None
        return keep_layers(load_cross_encoder(plan.start or exact(plan.teacher)), layers)
    known = catalogue_model(plan.student)
    if known is None or known.architecture == CROSS_ENCODER:
        return load_cross_encoder(plan.student)
    import torch
    from sentence_transformers import CrossEncoder

    folder, raw = str(model_folder(plan.student)), torch.nn.Identity()
    with torch.random.fork_rng():  # the new head is drawn: a run that goes on draws the same
        torch.manual_seed(plan.seed)
        return CrossEncoder(folder, num_labels=1, activation_fn=raw, local_files_only=True)


def exact(teacher: str) -> str:
    """The same teacher's name in fp32; an int8 file has no layers that PyTorch could copy."""
    known = catalogue_model(teacher)
    if known is None:
        return teacher
    return next((model.name for model in MODELS.values() if model.int8 == known.name), teacher)
