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
    exec "$VENV/bin/python" -m pytest --odoo-config="$CACHE/$db.conf" --odoo-database="$db" --odoo-http "$@" 9>&- 8>&-
  )
}

# The whole suite in two halves at once, each on databases of its own: its time counts on two cores.
run_halves() { # DB PARALLEL_DB
  local log=$CACHE/log/second-half.log half status=0 number file halves=()
  local long=("$ROOT"/tests/test_*{properties,tours}.py "$ROOT"/tests/test_{tax_matrix,install,parallel*}.py)
  local files=("${long[@]}")
  for file in "$ROOT"/tests/test_*.py; do [[ " ${long[*]} " = *" $file "* ]] || files+=("$file"); done
  # The long ones first, one for each half in turn.
  for number in "${!files[@]}"; do halves[number % 2]+="${files[number]}"$'\n'; done
  db_clone "$1" "$1_2"; db_clone "$1" "$2_2"
  mapfile -t files <<<"${halves[1]%$'\n'}"
  run_suite "$1_2" "$2_2" "${files[@]}" >"$log" 2>&1 &
  half=$!
  at_exit pkill -P "$half" # Ctrl-C does not reach what runs in the background
  mapfile -t files <<<"${halves[0]%$'\n'}"
  run_suite "$1" "$2" "${files[@]}" || status=$?
  wait "$half" || status=$?
  say "the second half:"
  cat "$log"
  return "$status"
}
