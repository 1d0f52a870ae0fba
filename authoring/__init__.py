"""Tools for the course's authors, not for learners: they run, check and summarise lessons."""
