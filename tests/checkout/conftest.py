"""What is checked here are files of the repository, which the installed package is without."""

from importlib.util import find_spec

import pytest

if find_spec("authoring") is None:
    collect_ignore_glob = ["*"]


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what lies in this folder."""
    item.add_marker("checkout")
