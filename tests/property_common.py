"""How the random tests look for counter-examples: the same every day, more on request."""

import os

from hypothesis import HealthCheck, settings

# scripts/properties asks for more, and for other ones each time.
ASKED = os.environ.get("AR_WRITEOFF_EXAMPLES")


def examples(number, **more):
    """Settings for so many random books, unless the environment asks for another number."""
    return settings(
        max_examples=int(ASKED or number),
        deadline=None,
        database=None,
        derandomize=not ASKED,
        suppress_health_check=list(HealthCheck),
        **more,
    )
