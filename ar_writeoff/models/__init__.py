# In the order in which they build on each other; plain functions and constants stand beside them.
from . import configuration
from . import register
from . import engine
from . import batch
from . import ledger
from . import ageing
from . import analysis
from . import audit
