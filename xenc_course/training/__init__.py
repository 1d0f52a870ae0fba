"""Small cross-encoders made: cut, distilled from a large one, or trained further on judgements."""
