# Debian packages the product is run and tested with.
PACKAGES=(postgresql python3-venv curl chromium wkhtmltopdf fonts-roboto-unhinted fonts-liberation)

ensure_packages() {
  local missing=() package
  command -v apt-get >/dev/null || die "apt-get is missing: these scripts are for Debian 12 or later; elsewhere use compose.yaml"
  for package in "${PACKAGES[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  say "installing Debian packages: ${missing[*]}"
  run_logged apt-update as_root apt-get -q update
  run_logged apt-install as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get -q install -y --no-install-recommends "${missing[@]}"
}
