#!/usr/bin/env bash
# The browser's modules that stand on npm packages are bundled once, into static/bundles/; what they say stays in words.js.
# `modules.sh tests` also brings the peers of the tests. Where Node is missing, a wheel brings it.
set -eu
export PATH="$PWD/.venv/bin:$PATH"
if ! command -v npm >/dev/null; then
  echo "Installation de Node…"
  .venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/node.txt
fi
if [ "${1:-}" = tests ]; then only=; else only=--omit=dev; fi
npm ci --silent --no-audit --no-fund $only
mkdir -p static/bundles
if ls static/modules/*.js >/dev/null 2>&1; then
  node_modules/.bin/esbuild static/modules/*.js --bundle --minify --format=esm --target=es2022 --log-level=warning --external:../js/words.js --outdir=static/bundles
fi
