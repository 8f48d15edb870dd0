# The suite on a database, with a second one for the tests that commit.
# These run on both kinds of database, with online payment and plain; all others on one or the other.
BOTH=(test_customer_view.py test_portal.py test_translations.py)

run_suite() { # with|plain|queue|oca DB PARALLEL_DB [pytest arguments]
  local base=$BASE_DB marks="not slow and not job_queue and not tier_validation and not credit_control" db=$2 parallel=$3 port
  [ "$1" != plain ] || base=$PLAIN_BASE_DB marks+=" and not online_payment and not approval"
  [ "$1" != queue ] || marks=job_queue
  [ "$1" != oca ] || marks="not slow and not job_queue"
  shift 3
  port=$("$VENV/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  write_config "$CACHE/$db.conf" "$port"
  (
    cd "$ROOT"
    export AR_WRITEOFF_CONFIG=$CACHE/$db.conf AR_WRITEOFF_BASE_DB=$base
    PYTHONPATH=$(python_path)
    export AR_WRITEOFF_PARALLEL_DB=$parallel PYTHONPATH PG_BIN
    exec "$VENV/bin/python" -m pytest --odoo-config="$CACHE/$db.conf" --odoo-database="$db" --odoo-http -m "$marks" "$@" 9>&- 8>&-
  )
}

# run_halves DB PARALLEL_DB PLAIN_DB PLAIN_PARALLEL_DB : the whole suite in two halves at once, each on
# databases of its own, the second without online payment and approval. So its time counts on two cores.
run_halves() {
  local log=$CACHE/log/second-half.log half status=0 number file both=("${BOTH[@]/#/$ROOT/tests/}") halves=()
  local long=("$ROOT"/tests/test_*{properties,tours}.py "$ROOT"/tests/test_{tax_matrix,install,upgrade,parallel*}.py)
  local more=("$ROOT"/tests/test_{online_*,approval*}.py) files=("${long[@]}")
  for file in "$ROOT"/tests/test_*.py; do
    [[ " ${long[*]} ${both[*]} ${more[*]} " = *" $file "* ]] || files+=("$file")
  done
  # Those of both first, on fresh books; then the long ones, one for each half in turn.
  for number in "${!files[@]}"; do halves[number % 2]+="${files[number]}"$'\n'; done
  mapfile -t files <<<"${halves[1]%$'\n'}"
  run_suite plain "$3" "$4" "${both[@]}" "${files[@]}" >"$log" 2>&1 &
  half=$!
  at_exit pkill -P "$half" # Ctrl-C does not reach what runs in the background
  [ "$(nproc)" -gt 1 ] || wait "$half" || status=$?
  mapfile -t files <<<"${halves[0]%$'\n'}"
  run_suite with "$1" "$2" "${both[@]}" "${files[@]}" "${more[@]}" || status=$?
  wait "$half" || status=$?
  say "the second half, without online payment and approval:"
  cat "$log"
  return "$status"
}
