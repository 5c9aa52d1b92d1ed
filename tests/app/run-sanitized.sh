#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the app with the address and undefined behaviour sanitizers and uses it: drop, train, draw, classify, close.
# Fails on any report, leaks included, but for those of third-party libraries (tests/app/guitest/helpers/lsan.supp).
#
#     tests/app/run-sanitized.sh [only=NAME]
set -eu
cd "$(dirname "$0")/../.."
BUILD=build-asan
PYTHON=python3
[ -x /usr/bin/python3 ] && PYTHON=/usr/bin/python3

[ -f $BUILD/build.ninja ] ||
  meson setup $BUILD -Dbuildtype=debug -Db_sanitize=address,undefined -Db_lundef=false -Dtests=false -Dcli=false
ninja -C $BUILD
# Compiling kernels takes minutes with the sanitizer: those that the tests of the window compiled are the same.
[ ! -d build/pocl-cache ] || cp -rn build/pocl-cache $BUILD/
PERCEPTRON_APP=$PWD/$BUILD/src/app/perceptron PERCEPTRON_SCHEMAS=$PWD/$BUILD/data \
  exec "$PYTHON" tests/app/sanitized.py "$@"
