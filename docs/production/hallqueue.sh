#!/bin/sh
# /usr/local/bin/hallqueue: any command of manage.py with the installation's settings, as its user:
#   sudo hallqueue migrate
set -eu
test "$(id -un)" = hallqueue || exec runuser -u hallqueue -- "$0" "$@"
set -a
. /etc/hallqueue.env
cd /opt/hallqueue
exec .venv/bin/python manage.py "$@"
