"""The use cases: each reads like the list of its steps. The outside world comes in through ports."""
