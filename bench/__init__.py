"""Measurements against real servers, each beside a bare program that does the same work in the same run."""
