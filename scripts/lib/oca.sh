# Addons of the Odoo Community Association: from PyPI, without what they depend on, which would be Odoo itself.
fetch_oca() {
  local requirements=$ROOT/scripts/requirements-neighbours.txt folder
  folder=$CACHE/oca-$(fingerprint "$requirements")
  MORE_ADDONS=$folder/odoo/addons MORE_PATH=$folder
  [ -f "$folder/.complete" ] && return
  say "fetching the OCA's addons"
  rm -rf "$CACHE"/oca-*
  run_logged oca "$VENV/bin/pip" install --disable-pip-version-check --no-input --no-deps \
    --target "$folder" -r "$requirements"
  touch "$folder/.complete"
}
