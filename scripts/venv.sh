#!/usr/bin/env bash
# Debian keeps `python3 -m venv` in a package of its own: install it where we may, say which one where we may not.
set -eu
python="$1"
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
  rm -rf .venv
  exec "$python" -m venv .venv
fi
echo "Il manque le module venv de Python. Installez-le, puis recommencez : sudo apt install python3-venv" >&2
exit 1
