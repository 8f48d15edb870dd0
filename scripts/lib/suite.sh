# The suite on a database, with a second one for the tests that commit.
run_suite() { # DB PARALLEL_DB [pytest arguments]
  local db=$1 parallel=$2 port; shift 2
  port=$("$VENV/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  write_config "$CACHE/$db.conf" "$port"
  (
    cd "$ROOT"
    export AR_WRITEOFF_CONFIG=$CACHE/$db.conf AR_WRITEOFF_BASE_DB=$BASE_DB
    PYTHONPATH=$(python_path)
    export AR_WRITEOFF_PARALLEL_DB=$parallel PYTHONPATH PG_BIN
    "$VENV/bin/python" -m pytest --odoo-config="$CACHE/$db.conf" --odoo-database="$db" --odoo-http "$@" 9>&- 8>&-
  )
}
