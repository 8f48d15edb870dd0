# Databases: one slow base with Odoo's accounting demo, cheap copies with the addon.
# Online payment comes along with accounting wherever nobody prevents it, and shows in the portal;
# the plain base does without it.
BASE_MODULES=account
MORE_MODULES=account_payment
BASE_RECIPE=3 # raise when the way the base is made changes

prepare_ground() { # what the demo and the tests both stand on
  ensure_packages
  ensure_odoo
  ensure_venv odoo "$ROOT/scripts/requirements-odoo.txt"
  pg_start
  CONFIG=$CACHE/odoo.conf
  write_config "$CONFIG" 8069
  ensure_base
}

ensure_base() {
  local key
  key=$( (fingerprint "$ODOO_SOURCE/odoo/release.py" "$ODOO_ADDONS/account/__manifest__.py"
    echo "$BASE_MODULES $MORE_MODULES $BASE_RECIPE") | sha256sum | cut -c1-12)
  BASE_DB=ar_writeoff_base_$key
  PLAIN_BASE_DB=ar_writeoff_base_plain_$key
  db_exists "$BASE_DB" && return
  say "making the base database: Odoo's accounting with demo data (about a minute)"
  for old in $(pg_sql "SELECT datname FROM pg_database WHERE datname LIKE 'ar_writeoff_base_%'"); do db_drop "$old"; done
  db_drop ar_writeoff_building
  run_logged base odoo -c "$CONFIG" -d ar_writeoff_building -i "$BASE_MODULES" --with-demo --skip-auto-install \
    --stop-after-init --log-level=warn
  db_clone ar_writeoff_building "$PLAIN_BASE_DB"
  run_logged base odoo -c "$CONFIG" -d ar_writeoff_building -i "$MORE_MODULES" --with-demo --skip-auto-install \
    --stop-after-init --log-level=warn
  say "compiling the web client's assets"
  run_logged assets compile_assets ar_writeoff_building
  db_clone ar_writeoff_building "$BASE_DB"
  db_drop ar_writeoff_building
}

compile_assets() { odoo shell -c "$CONFIG" -d "$1" --no-http --log-level=warn <"$ROOT/scripts/lib/compile_assets.py"; }

# DB is a copy of the base with the addons as they are in this folder; plain: without online payment, its glue
# and what is a tick box in the settings.
ensure_database() { # DB [plain]
  local stamp=$CACHE/state/$1 base=$BASE_DB addons=$ADDON,$GLUE,$APPROVAL,$RULES key
  [ "${2:-}" != plain ] || base=$PLAIN_BASE_DB addons=$ADDON
  key="$base $ROOT $(fingerprint "$ROOT/$ADDON" "$ROOT/$GLUE" "$ROOT/$APPROVAL" "$ROOT/$RULES")"
  db_exists "$1" && [ "$(cat "$stamp" 2>/dev/null)" = "$key" ] && return
  say "installing ${addons//,/, } into database $1"
  rm -f "$stamp"
  db_clone "$base" "$1"
  run_logged "install-$1" odoo -c "$CONFIG" -d "$1" -i "$addons" --with-demo --skip-auto-install --stop-after-init --log-level=warn
  # Libraries deprecate each other; what matters is what Odoo says of the addon.
  if grep -E '^[0-9: ,-]+ [0-9]+ (WARNING|ERROR|CRITICAL) ' "$CACHE/log/install-$1.log" | grep -v /site-packages/ >&2; then
    die "installing $addons logged the above"
  fi
  run_logged "assets-$1" compile_assets "$1"
  echo "$key" >"$stamp"
}
