"""Notebooks and helpers that tell, region by region, what a plan promised and what happened."""

__version__ = "0.1.0"
