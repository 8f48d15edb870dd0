from . import ar_writeoff_run
from . import ar_writeoff_run_jobs
from . import res_company
from . import res_config_settings
