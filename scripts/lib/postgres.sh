# A private PostgreSQL cluster: own data folder, Unix socket only, durability off.
PG_DIR=$CACHE/pg
PG_BIN= # set once PostgreSQL is needed

pg_as() { # COMMAND... : as the user who owns the cluster; PostgreSQL refuses root
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid=postgres --regid=postgres --init-groups env -C / HOME=/var/lib/postgresql "$@"
  else "$@"; fi
}

pg_bin() { find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1; }

pg_start() {
  PG_BIN=$(pg_bin || true); [ -n "$PG_BIN" ] || die "no PostgreSQL below /usr/lib/postgresql: apt-get install postgresql"
  [ $((${#PG_DIR} + 16)) -lt 107 ] || die "the path $PG_DIR is too long for a Unix socket: set AR_WRITEOFF_CACHE to a shorter one"
  mkdir -p "$PG_DIR"
  [ "$(id -u)" = 0 ] && chown postgres: "$PG_DIR"
  pg_as test -w "$PG_DIR" || die "the user postgres cannot reach $PG_DIR: set AR_WRITEOFF_CACHE to a folder outside a private home"
  if [ ! -s "$PG_DIR/data/PG_VERSION" ]; then
    say "making a private PostgreSQL cluster"
    run_logged initdb pg_as "$PG_BIN/initdb" -D "$PG_DIR/data" -U odoo -A trust -E UTF8 --locale=C.UTF-8 --no-sync
  fi
  pg_as "$PG_BIN/pg_ctl" -D "$PG_DIR/data" status >/dev/null 2>&1 && return
  say "starting PostgreSQL on $PG_DIR"
  pg_as "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -w -s -l "$PG_DIR/log" start -o "-c listen_addresses='' \
    -c unix_socket_directories='$PG_DIR' -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
    -c shared_buffers=256MB -c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=2GB" 9>&- 8>&- ||
    die "PostgreSQL does not start; its log is $PG_DIR/log"
}

pg_stop() { # when nobody else uses it: no client is connected, no script is setting up
  [ -n "$PG_BIN" ] || return 0
  pg_as "$PG_BIN/pg_ctl" -D "$PG_DIR/data" status >/dev/null 2>&1 || return 0
  flock -n 9 || return 0
  [ "$(pg_sql "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")" = 0 ] || return 0
  pg_as "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -m fast -w -s stop
}

pg_sql() { "$PG_BIN/psql" -h "$PG_DIR" -U odoo -d postgres -AtX -v ON_ERROR_STOP=1 -c "$1"; }
db_exists() { [ "$(pg_sql "SELECT 1 FROM pg_database WHERE datname = '$1'")" = 1 ]; }
db_drop() { "$PG_BIN/dropdb" -h "$PG_DIR" -U odoo --if-exists --force "$1" 2>/dev/null; rm -rf "$CACHE/data/filestore/$1"; }

db_clone() { # FROM TO
  db_drop "$2"
  "$PG_BIN/createdb" -h "$PG_DIR" -U odoo -T "$1" "$2" || die "database $1 cannot be copied to $2; is something connected to it?"
  mkdir -p "$CACHE/data/filestore"
  [ ! -d "$CACHE/data/filestore/$1" ] || cp -r "$CACHE/data/filestore/$1" "$CACHE/data/filestore/$2"
}
