"""Benchmarks and head-to-head scenes of the runner, against floors and peers measured in the same run."""
