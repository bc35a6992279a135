# Reading what a process tree costs, from /proc.
CLOCK_TICKS=$(getconf CLK_TCK)

tree() { # pid: it and its descendants
  local pid=$1 child
  echo "$pid"
  for child in $(cat "/proc/$pid/task/$pid/children" 2>/dev/null); do tree "$child"; done
}

cpu_us() { # pid: user and system time of the tree, microseconds
  local pid total=0 stat
  for pid in $(tree "$1"); do
    stat=$(<"/proc/$pid/stat")
    stat=${stat##*) }
    # shellcheck disable=SC2086
    set -- $stat
    total=$((total + ${12} + ${13}))
  done
  echo $((total * (1000000 / CLOCK_TICKS)))
}

memory_kb() { # pid field: VmRSS or VmHWM summed over the tree
  local pid total=0 value
  for pid in $(tree "$1"); do
    value=$(awk -v f="$2:" '$1 == f { print $2 }' "/proc/$pid/status")
    total=$((total + ${value:-0}))
  done
  echo "$total"
}

reset_peak() { # pid: starts VmHWM anew
  local pid
  for pid in $(tree "$1"); do echo 5 2>/dev/null >"/proc/$pid/clear_refs" || true; done
}

free_port() { # a port of 127.0.0.1 below the ephemeral range that nobody listens on
  local port hex
  while :; do
    port=$((20000 + RANDOM % 12000))
    hex=$(printf ':%04X' "$port")
    if ! awk -v p="$hex" 'index($2, p) == 9 || index($2, p) == 33 { found = 1 } END { exit !found }' /proc/net/tcp /proc/net/tcp6 2>/dev/null; then
      echo "$port"
      return
    fi
  done
}

wait_until() { # what pid log command...: until the command succeeds; gives up when the process has ended or after 20 s
  local what=$1 pid=$2 log=$3 tries=0
  shift 3
  until "$@" 2>/dev/null; do
    tries=$((tries + 1))
    if ! kill -0 "$pid" 2>/dev/null || [ "$tries" -gt 400 ]; then
      echo "compare: $what did not come up:" >&2
      tail -20 "$log" >&2
      exit 1
    fi
    sleep 0.05
  done
}

median() { # numbers on stdin
  sort -g | awk '{ v[NR] = $1 } END { if (NR == 0) print "-"; else if (NR % 2) print v[(NR + 1) / 2]; else printf "%.10g\n", (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

begin_work() { # makes the directory WORK; at the end of the script it goes, with all processes whose ids are in OWN_PIDS
  WORK=$(mktemp -d)
  OWN_PIDS=()
  trap clean_up EXIT
  trap 'exit 130' INT TERM
}

clean_up() {
  local pid
  trap - EXIT INT TERM
  for pid in "${OWN_PIDS[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${OWN_PIDS[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$WORK"
}
