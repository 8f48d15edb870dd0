# In the order in which they build on each other; plain functions and constants stand beside them.
from . import configuration
from . import engine
from . import register
from .engine import ar_writeoff_call  # what acts on the register
from . import batch
from . import ledger
from . import ageing
