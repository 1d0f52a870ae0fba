"""What a learner runs: doctor, fetch, models, evaluate, distil, finetune."""
