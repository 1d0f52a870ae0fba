"""First stages, runs, and the one way from candidates to a reranked run."""
