"""The checkers of the exercises, one module per lesson: they run what the learner wrote."""
