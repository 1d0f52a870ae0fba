"""What a learner sees: tables, rankings, matrices and figures that show themselves."""
