"""The whole line, from source to scores: a function of an experiment, a store and an executor."""
