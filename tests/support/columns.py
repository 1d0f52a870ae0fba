"""Stand-ins for a table's column and table: looked up by label, gone through by position."""

from __future__ import annotations

from collections.abc import Iterator


class Column:
    """What a column of a pandas table does after a filter or a sort."""

    ndim = 1

    def __init__(self, values: list, labels: list) -> None:
        self.values, self.labels = values, labels

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator:
        return iter(self.values)

    def __getitem__(self, label: object) -> object:
        return self.values[self.labels.index(label)]


class NamedColumns:
    """What a pandas table does: going through it gives the names of its columns."""

    ndim = 2

    def __init__(self, **columns: list) -> None:
        self.columns = columns

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    @property
    def values(self) -> list[tuple]:
        return list(zip(*self.columns.values(), strict=True))
