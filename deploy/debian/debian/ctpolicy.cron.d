# The log list, fresh every night, where systemd's timer does not do it; between 3:17 and 4:17.
MAILTO=root
SHELL=/bin/sh
PATH=/usr/bin:/bin
CTPOLICY_STATE_DIR=/var/lib/ctpolicy
17 3 * * *  ctpolicy  [ -d /run/systemd/system ] || [ ! -x /usr/bin/ctpolicy ] || { sleep "$(shuf -i 0-3600 -n 1)"; set -a; [ ! -r /etc/default/ctpolicy ] || . /etc/default/ctpolicy; ctpolicy log-list refresh; }
