# Odoo 19 Community and the virtual environment it runs in.
ODOO_SUITE=${ODOO_DEB_SUITE:-sid}
# Odoo's package links to fonts and scripts of other packages: from the same suite …
LINKED_FROM_SUITE=(fonts-montserrat fonts-ocr-b fonts-roboto-unhinted libjs-jquery libjs-jquery-form libjs-underscore)
# … and from this machine's own release, where the newer ones dropped the linked files.
LINKED_FROM_RELEASE=(fonts-font-awesome fonts-inconsolata)

ensure_odoo() {
  if [ -n "${ODOO_SOURCE:-}" ]; then
    ODOO_SOURCE=$(realpath -m "$ODOO_SOURCE")
    [ -f "$ODOO_SOURCE/odoo/release.py" ] ||
      die "ODOO_SOURCE=$ODOO_SOURCE holds no odoo/release.py: point it at the folder that contains odoo/ of Odoo 19"
  else
    ODOO_SOURCE=$CACHE/odoo/usr/lib/python3/dist-packages
    [ -f "$CACHE/odoo/.complete" ] || fetch_odoo
  fi
  ODOO_VERSION=$(cd "$ODOO_SOURCE" && "$(system_python)" -c '
info = {}
exec(open("odoo/release.py").read(), info)
print(*info["version_info"][:2], sep=".")')
  [ "$ODOO_VERSION" = 19.0 ] || die "$ODOO_SOURCE is Odoo $ODOO_VERSION; the addon needs 19.0"
  if [ -d "$ODOO_SOURCE/addons/account/views" ]; then ODOO_ADDONS=$ODOO_SOURCE/addons
  else ODOO_ADDONS=$ODOO_SOURCE/odoo/addons; fi
}

fetch_odoo() {
  local work=$CACHE/odoo.new
  say "fetching Odoo 19 Community (Debian package odoo-19, 123 MB)"
  rm -rf "$work"; mkdir -p "$work"
  download_debs "$work" || die "Debian's package 'odoo-19' cannot be fetched from suite $ODOO_SUITE (see $CACHE/log/fetch.log). \
Set ODOO_SOURCE to the folder of an Odoo 19 you have, or use compose.yaml."
  case $(basename "$work"/debs/odoo-19_*.deb) in
    odoo-19_19.0.0+dfsg-1_*) ;;
    odoo-19_19.0*) say "a newer package than the one tried: $(basename "$work"/debs/odoo-19_*.deb)" ;;
    *) die "the package is not Odoo 19.0: $(basename "$work"/debs/odoo-19_*.deb); set ODOO_SOURCE instead" ;;
  esac
  say "unpacking Odoo"
  for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work"; done
  repair_odoo "$work"
  rm -rf "$work/debs" "$work/apt" "$CACHE/odoo"
  touch "$work/.complete"
  mv "$work" "$CACHE/odoo"
}

download_debs() { # WORK : an isolated apt, so that the machine's own sources stay as they are
  local work=$1 apt=$1/apt mirror options
  mkdir -p "$apt"/{etc,lists/partial,cache/archives/partial} "$work/debs"
  [ -n "$(debian_mirror)" ] || run_logged apt-update as_root apt-get -q update
  mirror=${DEBIAN_MIRROR:-$(debian_mirror)}
  [ -n "$mirror" ] || die "no Debian mirror among the machine's apt sources: set DEBIAN_MIRROR to one"
  printf '%s\n' "Types: deb" "URIs: $mirror" "Suites: $ODOO_SUITE" "Components: main" \
    "Architectures: $(dpkg --print-architecture)" \
    "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg" >"$apt/etc/odoo.sources"
  : >"$apt/status"
  options=(-o "Dir::Etc::sourcelist=$apt/etc/odoo.sources" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State=$apt" -o "Dir::State::Lists=$apt/lists" -o "Dir::State::status=$apt/status"
    -o "Dir::Cache=$apt/cache" -o "Dir::Cache::archives=$apt/cache/archives"
    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
    -o APT::Sandbox::User= -o Acquire::Languages=none -o Acquire::PDiffs=false)
  (
    cd "$work/debs"
    apt-get -q "${options[@]}" update &&
      apt-get -q "${options[@]}" download odoo-19 "${LINKED_FROM_SUITE[@]}" &&
      apt-get -q -o APT::Sandbox::User= download "${LINKED_FROM_RELEASE[@]}"
  ) >"$CACHE/log/fetch.log" 2>&1
}

debian_mirror() {
  # shellcheck disable=SC2016  # apt's own placeholders
  apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(SITE)' 'Created-By: Packages' 2>/dev/null |
    awk -F'|' '$1 == "Debian" && $2 == "Debian" { print $3; exit }'
}

repair_odoo() { # WORK : what the package lists but lacks, or links to but does not bring
  local packages=$1/usr/lib/python3/dist-packages dangling
  local stub=$packages/odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js
  [ -e "$stub" ] || { mkdir -p "$(dirname "$stub")"; echo "/* Not part of Debian's package. */" >"$stub"; }
  dangling=$(find "$packages" -xtype l | wc -l)
  [ "$dangling" = 0 ] || say "$dangling files of Odoo's package link to nothing; pages may lack a font"
}

system_python() {
  local python
  for python in /usr/bin/python3.11 /usr/bin/python3 python3; do
    command -v "$python" >/dev/null && "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' && { echo "$python"; return; }
  done
  die "Python 3.11 or later is missing: apt-get install python3"
}

ensure_venv() { # NAME REQUIREMENTS : sets VENV
  local python
  python=$(system_python)
  VENV=$CACHE/venv-$1-$( (cat "$2"; "$python" -V) | sha256sum | cut -c1-12)
  [ -f "$VENV/.complete" ] && return
  say "making the virtual environment '$1'"
  rm -rf "$CACHE/venv-$1-"*
  run_logged "venv-$1" "$python" -m venv "$VENV"
  run_logged "pip-$1" "$VENV/bin/pip" install --disable-pip-version-check --no-input -r "$2"
  touch "$VENV/.complete"
}

write_config() { # FILE PORT
  cat >"$1" <<END
[options]
addons_path = $ODOO_ADDONS,$ROOT
data_dir = $CACHE/data
db_host = $PG_DIR
db_user = odoo
db_template = template0
http_interface = 127.0.0.1
http_port = $2
gevent_port = $(($2 + 1))
list_db = False
max_cron_threads = 0
without_demo = False
workers = 0
END
}

# With the environment's folder in PATH: a server that starts anew finds its Python there.
odoo() {
  PYTHONPATH=$ODOO_SOURCE PATH=$VENV/bin:$PATH "$VENV/bin/python" "$ROOT/scripts/lib/odoo_bin.py" "$@" 9>&-
}

# In the background, so that $! is the server itself; out of the reach of Ctrl-C, which would be
# the first of two signals, and at the second Odoo leaves everything as it is.
odoo_server() {
  exec env PYTHONPATH="$ODOO_SOURCE" PATH="$VENV/bin:$PATH" \
    setsid "$VENV/bin/python" "$ROOT/scripts/lib/odoo_bin.py" "$@" 9>&-
}
stop_server() { kill "$1" 2>/dev/null; wait "$1" 2>/dev/null; }
