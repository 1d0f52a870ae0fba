"""What the course's authors run, and learners do not: lessons executed, checked and summed up."""
