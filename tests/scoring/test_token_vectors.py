"""Token vectors keep their directions in 8-bit integers, and a folder gives back what it took."""

import numpy as np
import pytest

from xenc_course.scoring.token_vectors import (
    Packed,
    max_sim,
    pack,
    pooled,
    read_blocks,
    text_key,
    unit,
    write_block,
)


@pytest.fixture
def vectors():
    return unit(np.random.default_rng(0).normal(size=(40, 96)))


def test_a_cosine_survives_eight_bits(vectors):
    packed = pack(vectors)
    assert packed.integers.dtype == np.int8 and packed.nbytes == 40 * (96 + 2)
    read = packed.integers * packed.factors[:, None]
    assert read @ vectors.T == pytest.approx(vectors @ vectors.T, abs=0.01)
    with pytest.raises(ValueError, match="NaN or an infinite number"):
        pack(np.full((1, 3), np.nan))


def test_max_sim_sums_the_highest_cosine_of_every_query_token(vectors):
    query, passage = vectors[:3], vectors[2:9]
    wanted = sum(max(float(a @ b) for b in passage) for a in query)
    assert max_sim(query, pack(passage)) == pytest.approx(wanted, abs=0.02)


def test_vectors_that_are_alike_are_pooled():
    two = unit(np.array([[1.0, 0, 0], [0, 1, 0]]))
    nearly = np.repeat(two, 5, axis=0) + np.random.default_rng(0).normal(scale=0.01, size=(10, 3))
    fewer = pooled(unit(nearly), 5)
    assert fewer.shape == (2, 3)
    assert sorted(fewer.argmax(axis=1)) == [0, 1]
    assert np.linalg.norm(fewer, axis=1) == pytest.approx(1)
    assert np.array_equal(pooled(nearly, 1), nearly)
    assert len(pooled(unit(nearly), 3)) == 4  # ten by three, rounded up
    assert len(pooled(two[:1], 2)) == 1


def test_a_folder_gives_back_what_it_took(tmp_path, vectors):
    folder = tmp_path / "ä b"
    block = [(text_key("one"), pack(vectors[:3])), (text_key("two"), pack(vectors[3:]))]
    write_block(folder, "model 1", block)
    write_block(folder, "model 1", [(text_key("three"), pack(vectors[:1]))])
    found = dict(read_blocks(folder, "model 1"))
    assert found.keys() == {text_key("one"), text_key("two"), text_key("three")}
    for key, packed in block:
        assert np.array_equal(found[key].integers, packed.integers)
        assert np.array_equal(found[key].factors, packed.factors)
    assert dict(read_blocks(tmp_path / "nothing", "model 1")) == {}


def test_another_models_vectors_and_damaged_files_are_refused(tmp_path, vectors):
    write_block(tmp_path, "model 1", [(text_key("one"), pack(vectors))])
    with pytest.raises(ValueError, match="made by 'model 1', and not by 'model 2'"):
        dict(read_blocks(tmp_path, "model 2"))
    (file,) = tmp_path.glob("*.npz")
    content = file.read_bytes()
    for damaged in (content[: len(content) // 2], b"", b"x" * 100):
        file.write_bytes(damaged)
        with pytest.raises(ValueError, match="holds no token vectors: delete it"):
            dict(read_blocks(tmp_path, "model 1"))


def test_tables_that_do_not_fit_each_other_are_refused(tmp_path, vectors):
    torn = Packed(pack(vectors).integers, pack(vectors[:5]).factors)
    write_block(tmp_path, "model 1", [(text_key("one"), torn)])
    with pytest.raises(ValueError, match="is damaged"):
        dict(read_blocks(tmp_path, "model 1"))
