import nbformat.v4 as v4
import pytest

from authoring.kit.names import names_of


def names(source):
    return names_of(v4.new_code_cell(source))


def test_a_name_that_the_cell_binds_first_is_not_read():
    found = names("rows = load()\nprint(rows, other)")
    assert found.read == {"load", "other"}
    assert found.bound == {"rows"}


def test_a_name_that_is_read_before_it_is_bound_is_read():
    assert "rows" in names("rows = sorted(rows)").read


def test_what_is_added_to_is_read():
    assert names("total += 1").read == {"total"}


def test_a_function_reads_the_names_of_its_body_but_not_its_own():
    found = names("def mean(values):\n    total = sum(values)\n    return total / scale")
    assert found.read == {"scale"}
    assert found.bound == {"mean"}


@pytest.mark.parametrize(
    "source",
    ["rows.append(1)", "rows[0] = 1", "rows.name = 1", "for n in range(3): rows[n].add(n)"],
)
def test_what_changes_an_object_is_found(source):
    assert names(source).changed == {"rows"}


def test_a_call_whose_value_is_taken_changes_nothing():
    assert not names("value = rows.copy()").changed


def test_imports_bind():
    assert names("import numpy as np\nfrom os import path").bound == {"np", "path"}
