# Sourced by every script: strict mode, folders, messages.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
ADDON=ar_writeoff
# Glue installs itself where Odoo's app is there that it stands beside.
GLUE=ar_writeoff_account_payment
QUEUE=ar_writeoff_queue_job
# Offered as a tick box in the settings.
APPROVAL=ar_writeoff_approval
RULES=ar_writeoff_rule
# Glue to addons of the OCA; scripts/neighbours tries it.
TIERS=ar_writeoff_tier_validation
REMINDERS=ar_writeoff_credit_control
ADDONS=("$ADDON" "$GLUE" "$QUEUE" "$APPROVAL" "$RULES" "$TIERS" "$REMINDERS")

# Everything slow lives here, outside the repository. As root the folder must not lie
# below /root, which the postgres user cannot enter.
if [ -z "${AR_WRITEOFF_CACHE:-}" ]; then
  if [ "$(id -u)" = 0 ]; then
    AR_WRITEOFF_CACHE=/var/cache/ar_writeoff
  else
    AR_WRITEOFF_CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/ar_writeoff
  fi
fi
CACHE=$(realpath -m "$AR_WRITEOFF_CACHE")
mkdir -p "$CACHE/log" "$CACHE/state" || {
  echo "The cache folder $CACHE cannot be made: set AR_WRITEOFF_CACHE to a folder you may write to." >&2
  exit 1
}

# at_exit COMMAND... : the last one given runs first; one that fails does not keep the others back
AT_EXIT=()
at_exit() { local quoted; printf -v quoted '%q ' "$@"; AT_EXIT=("$quoted" "${AT_EXIT[@]}"); }
clean_up() {
  local command
  set +e
  trap '' INT TERM HUP
  for command in "${AT_EXIT[@]}"; do eval "$command"; done
}
trap clean_up EXIT
# Bash looks at it once the command under way has ended, and before it looks at how that ended.
trap 'say "interrupted"; exit 130' INT TERM HUP

STARTED=$SECONDS
say() { printf '\033[1m==> %3ds  %s\033[0m\n' "$((SECONDS - STARTED))" "$*" >&2; }
die() { printf '\033[1;31mStopped: %s\033[0m\n' "$*" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else die "this step needs root: run as root, or install sudo ($*)"; fi
}

# run_logged NAME COMMAND... : output goes to a log file, whose end is shown on failure
run_logged() {
  local log=$CACHE/log/$1.log; shift
  "$@" >"$log" 2>&1 || { tail -n 25 "$log" >&2; die "'$1' failed; the whole output is in $log"; }
}

fingerprint() { # FILE_OR_FOLDER... : changes whenever a file's path or content does
  find "$@" -type f ! -path '*/__pycache__/*' ! -path '*/node_modules/*' -print0 | sort -z |
    xargs -0 sha256sum | sha256sum | cut -c1-16
}

# One set-up at a time; the descriptor is closed for the servers we start.
exec 9>"$CACHE/.lock"
lock_setup() { flock -n 9 || { say "another script is setting up; waiting for it"; flock 9; }; }
unlock_setup() { flock -u 9; }
