from . import ar_writeoff_ageing_mixin
from . import ar_writeoff_ageing_query
from . import ar_writeoff_ageing_item
from . import ar_writeoff_ageing
