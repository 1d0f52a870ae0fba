"""Ids in a lesson and those of a class that take their place."""

from authoring.kit.stand_ins import stand_ins
from xenc_course import Collection


def collection(qrels):
    documents = {document: "a text" for row in qrels.values() for document in row}
    return Collection("some", documents, {q: f"query {q}" for q in qrels}, qrels)


COURSE = collection({"q1": {"d1": 3}, "q2": {"d2": 0}, "q3": {"d3": 1}})


def test_a_query_without_an_answer_takes_the_place_of_one_without():
    own = collection({"a": {"x": 0}, "b": {"y": 1, "z": 2}})
    found = stand_ins(["q1", "a text", "d1", "q2", "q3", "d3"], COURSE, own)
    assert found == {"q1": "b", "d1": "z", "q2": "a"}


def test_one_with_an_answer_does_where_all_have_one():
    own = collection({"a": {"x": 1}, "b": {"y": 1}})
    assert stand_ins(["q2", "d2"], COURSE, own) == {"q2": "a"}


def test_a_query_that_is_named_by_its_text_is_replaced_by_a_text():
    own = collection({"a": {"x": 1}, "b": {"y": 1}})
    assert stand_ins(["query q1", "q3"], COURSE, own) == {"query q1": "query a", "q3": "b"}
