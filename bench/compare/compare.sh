#!/usr/bin/env bash
# Runs the floor, nginx, HAProxy and balancerd in turn on the same core with the same load and the same upstreams, and prints
# what a request costs each of them. See --help.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
# shellcheck source=measure.sh
. "$HERE/measure.sh"
# shellcheck source=rows.sh
. "$HERE/rows.sh"
# shellcheck source=proxies.sh
. "$HERE/proxies.sh"

TLS=0
ROUNDS=4 SECONDS_EACH=5 WARMUP=8 CONNECTIONS=64 UPSTREAM_SERVERS=3 BARE=0 INSTALL=0
PROXY_CORE=0 LOAD_CORE=1
BALANCERD=${BALANCERD:-$ROOT/artifacts/balancerd/balancerd}
OUT=$ROOT/artifacts/compare.md

usage() {
  cat <<TEXT
usage: compare.sh [options]
  --rounds N        rounds, interleaved over the proxies; medians are printed (default $ROUNDS)
  --seconds S       length of one measurement (default $SECONDS_EACH)
  --warmup S        load before balancerd's first row of a kind, a quarter of it before the others (default $WARMUP)
  --rows "a b"      of: $ROWS
  --proxies "a b"   of: $PROXIES
  --connections N   client connections (default $CONNECTIONS)
  --servers N       upstream servers in the pool (default $UPSTREAM_SERVERS)
  --bare            no proxy adds X-Forwarded-*, X-Real-IP and X-Request-ID (default: all of them add the same)
  --install         install missing tools with apt
  --out FILE        the table as markdown (default artifacts/compare.md)
balancerd is taken from artifacts/balancerd/balancerd (./build.sh publish), or from \$BALANCERD.
TEXT
}

while [ $# -gt 0 ]; do
  case $1 in
    --rounds) ROUNDS=$2; shift ;;
    --seconds) SECONDS_EACH=$2; shift ;;
    --warmup) WARMUP=$2; shift ;;
    --rows) ROWS=${2//,/ }; shift ;;
    --proxies) PROXIES=${2//,/ }; shift ;;
    --connections) CONNECTIONS=$2; shift ;;
    --servers) UPSTREAM_SERVERS=$2; shift ;;
    --bare) BARE=1 ;;
    --install) INSTALL=1 ;;
    --out) OUT=$2; shift ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

for name in $ROWS; do
  [ -n "${ROW_TITLE[$name]:-}" ] || { echo "compare: no row is called $name" >&2; exit 2; }
done
for name in $ROWS; do
  if is_tls "$name"; then TLS=1; fi
done
for name in $PROXIES; do
  declare -F "start_$name" >/dev/null || { echo "compare: no proxy is called $name" >&2; exit 2; }
done

missing_packages() {
  local need="gcc:gcc wrk:wrk curl:curl taskset:util-linux awk:mawk" name
  for name in $PROXIES; do
    case $name in nginx | haproxy) need+=" $name:$name" ;; esac
  done
  if has_client handshake || has_client resumed; then need+=" /usr/include/openssl/ssl.h:libssl-dev"; fi
  if has_client h2; then need+=" h2load:nghttp2-client"; fi
  if [ "$TLS" = 1 ]; then need+=" openssl:openssl"; fi
  for name in $need; do
    command -v "${name%%:*}" >/dev/null || [ -e "${name%%:*}" ] || echo "${name##*:}"
  done
}

PACKAGES=$(missing_packages | sort -u | tr '\n' ' ')
if [ -n "$PACKAGES" ] && [ "$INSTALL" = 1 ]; then
  SUDO=""
  [ "$(id -u)" = 0 ] || SUDO=sudo
  $SUDO apt-get update -qq
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive $SUDO apt-get install -y -qq --no-install-recommends $PACKAGES
  PACKAGES=$(missing_packages | sort -u | tr '\n' ' ')
fi
if [ -n "$PACKAGES" ]; then
  echo "compare: missing: $PACKAGES(install them, or run with --install)" >&2
  exit 1
fi
if [[ " $PROXIES " == *" balancerd "* ]] && [ ! -x "$BALANCERD" ]; then
  echo "compare: $BALANCERD is not there; run ./build.sh publish first, or leave balancerd out with --proxies" >&2
  exit 1
fi
ulimit -n "$(ulimit -Hn)" 2>/dev/null || true

begin_work

CORES=$(nproc)
if [ "$CORES" -lt 2 ]; then
  LOAD_CORE=0
  echo "compare: one core only: load, upstream and proxy share it, so no row measures the proxy at its limit" >&2
fi

gcc -O2 -o "$WORK/upstream" "$HERE/upstream.c"
gcc -O2 -o "$WORK/floor" "$HERE/floor.c"
if has_client handshake || has_client resumed; then gcc -O2 -o "$WORK/tlsload" "$HERE/tlsload.c" -lssl -lcrypto; fi
if has_client websocket; then gcc -O2 -o "$WORK/wsload" "$HERE/wsload.c"; fi
if [ "$TLS" = 1 ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=bench.test \
    -keyout "$WORK/bench.key" -out "$WORK/bench.crt" 2>/dev/null
  cat "$WORK/bench.crt" "$WORK/bench.key" >"$WORK/bench.pem"
fi
taskset -c "$LOAD_CORE" "$WORK/upstream" "$UPSTREAM_SERVERS" >"$WORK/upstream.log" 2>&1 &
UPSTREAM_PID=$!
OWN_PIDS+=("$UPSTREAM_PID")
wait_until "the upstream" "$UPSTREAM_PID" "$WORK/upstream.log" test -s "$WORK/upstream.log"
read -r -a UPSTREAM_PORTS <"$WORK/upstream.log"

request() { # row port file scheme: one request of the row, its body to the file; prints the status
  local options=(-s -o "$3" -w '%{http_code}' --max-time 20 -X "${ROW_METHOD[$1]}")
  if [ "${ROW_BODY[$1]}" -gt 0 ]; then
    head -c "${ROW_BODY[$1]}" /dev/zero | tr '\0' x >"$WORK/request-body"
    options+=(--data-binary "@$WORK/request-body" -H 'Content-Type: application/octet-stream')
  fi
  curl -k "${options[@]}" "$4://127.0.0.1:$2${ROW_PATH[$1]}"
}

url_port() { # row proxy
  if is_tls "$1"; then echo "${PROXY_TLS_PORT[$2]}"; else echo "${PROXY_PORT[$2]}"; fi
}

url_scheme() { # row
  if is_tls "$1"; then echo https; else echo http; fi
}

load() { # row proxy seconds: prints requests, duration, errors, p50, p99
  case ${ROW_CLIENT[$1]} in
    handshake | resumed)
      taskset -c "$LOAD_CORE" "$WORK/tlsload" "$(url_port "$1" "$2")" "${ROW_PATH[$1]}" "$CONNECTIONS" "$3" \
        "$([ "${ROW_CLIENT[$1]}" = resumed ] && echo 1 || echo 0)" | sed -n 's/^RESULT //p'
      return
      ;;
    h2)
      load_h2 "$@"
      return
      ;;
    websocket)
      taskset -c "$LOAD_CORE" "$WORK/wsload" "$(url_port "$1" "$2")" /ws "$WEBSOCKETS" "$3" "$WEBSOCKET_MESSAGE" | sed -n 's/^RESULT //p'
      return
      ;;
  esac
  COMPARE_METHOD=${ROW_METHOD[$1]} COMPARE_BODY=${ROW_BODY[$1]} COMPARE_CLOSE=${ROW_CLOSE[$1]} \
    taskset -c "$LOAD_CORE" wrk -t1 -c"$CONNECTIONS" -d"${3}s" --timeout 10s --latency -s "$HERE/wrk.lua" \
    "$(url_scheme "$1")://127.0.0.1:$(url_port "$1" "$2")${ROW_PATH[$1]}" | sed -n 's/^RESULT //p'
}

# Latencies are in the log of h2load: start, status, microseconds. What is cut off when the time is over is no failure.
load_h2() { # row proxy seconds
  rm -f "$WORK/h2.log"
  taskset -c "$LOAD_CORE" h2load -t1 -c"$H2_CONNECTIONS" -m"$H2_STREAMS" -D"$3" --log-file="$WORK/h2.log" \
    "https://127.0.0.1:$(url_port "$1" "$2")${ROW_PATH[$1]}" >"$WORK/h2.out"
  grep -q '^Application protocol: h2$' "$WORK/h2.out" || { echo "compare: $2 does not speak HTTP/2" >&2; cat "$WORK/h2.out" >&2; exit 1; }
  cut -f3 "$WORK/h2.log" | sort -n >"$WORK/h2.sorted"
  awk -v failed="$(awk -F'\t' '$2 != 200' "$WORK/h2.log" | wc -l)" -v seconds="$3" '{ v[NR] = $1 }
    END { printf "%d %d %d %d %d\n", NR - failed, seconds * 1000000, failed, v[int(NR / 2) + 1], v[int(NR * 0.99) + 1] }' "$WORK/h2.sorted"
}

for name in $PROXIES; do
  "start_$name"
  wait_until "$name" "${PROXY_PID[$name]}" "$WORK/$name.log" curl -s -o /dev/null --max-time 2 "http://127.0.0.1:${PROXY_PORT[$name]}/64"
done

FAILED=0
declare -A RESULTS WARMED

# What runs as written needs none; balancerd has its busy code compiled anew, and each kind of client has code of its own.
warmup_of() { # row proxy: seconds
  if [ "$2" != balancerd ]; then
    echo 1
  elif [ -z "${WARMED[${ROW_CLIENT[$1]}:$2]:-}" ]; then
    echo "$WARMUP"
  else
    echo $(((WARMUP + 3) / 4))
  fi
}

note() { [ ! -t 2 ] || printf '\r\033[K%s' "$1" >&2; }

for row in $ROWS; do
  request "$row" "${UPSTREAM_PORTS[0]}" "$WORK/expected" http >/dev/null
  for name in $PROXIES; do
    serves "$row" "$name" || continue
    status=$(request "$row" "$(url_port "$row" "$name")" "$WORK/got" "$(url_scheme "$row")")
    if [ "$status" != 200 ] || ! cmp -s "$WORK/expected" "$WORK/got"; then
      echo "compare: $name answers ${ROW_PATH[$row]} with $status and $(stat -c %s "$WORK/got") bytes, expected 200 and $(stat -c %s "$WORK/expected") bytes" >&2
      exit 1
    fi
    seconds=$(warmup_of "$row" "$name")
    WARMED[${ROW_CLIENT[$row]}:$name]=1
    note "$row: $name warms up for ${seconds}s"
    load "$row" "$name" "$seconds" >/dev/null
  done

  for ((round = 1; round <= ROUNDS; round++)); do
    for name in $PROXIES; do
      serves "$row" "$name" || continue
      note "$row: round $round of $ROUNDS: $name"
      pid=${PROXY_PID[$name]}
      reset_peak "$pid"
      before=$(cpu_us "$pid")
      result=$(load "$row" "$name" "$SECONDS_EACH")
      after=$(cpu_us "$pid")
      read -r requests duration errors p50 p99 <<<"$result"
      if [ "$errors" -gt 0 ]; then
        note ""
        echo "compare: $name, row $row, round $round: $errors failed requests" >&2
        FAILED=1
      fi
      RESULTS[$row:$name]+=$(awk -v cpu=$((after - before)) -v n="$requests" -v d="$duration" -v p50="$p50" -v p99="$p99" -v e="$errors" \
        -v rss="$(memory_kb "$pid" VmRSS)" -v hwm="$(memory_kb "$pid" VmHWM)" \
        'BEGIN { printf "%.4f %.1f %d %d %.4f %d %d %d", cpu / n, n * 1e6 / d, p50, p99, cpu / d, rss, hwm, e }')$'\n'
    done
  done
done
note ""

column() { # row proxy field: its median over the rounds
  printf '%s' "${RESULTS[$1:$2]}" | awk -v f="$3" '{ print $f }' | median
}

ratio() { # a b
  awk -v a="$1" -v b="$2" 'BEGIN { if (b == "" || b == "-" || b == 0) print "-"; else printf "%.2f", a / b }'
}

report() {
  local row name cpu busy mark marked=0
  echo "Machine: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $CORES cores, $(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo), Linux $(uname -r). Proxy on core $PROXY_CORE; wrk and the upstream on core $LOAD_CORE."
  echo "Method: $CONNECTIONS connections, $UPSTREAM_SERVERS upstream servers, medians of $ROUNDS interleaved rounds of ${SECONDS_EACH}s; CPU is user and system time of the proxy's processes; $([ "$BARE" = 1 ] && echo "no proxy adds a field." || echo "nginx, HAProxy and balancerd add the same X-Forwarded-*, X-Real-IP and X-Request-ID fields.")"
  echo
  for name in $PROXIES; do echo "- $name: $("version_$name")"; done
  echo "- load: $( (wrk -v 2>&1 || true) | sed -n '1s/ Copyright.*//p')$(has_client h2 && h2load --version | sed 's/^/, /')"
  for row in $ROWS; do
    echo
    echo "**${ROW_TITLE[$row]}**"
    echo
    echo "| proxy | CPU µs/request | requests/s | p50 µs | p99 µs | RSS MiB | peak MiB | × nginx | × floor |"
    echo "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    for name in $PROXIES; do
      serves "$row" "$name" || continue
      cpu=$(column "$row" "$name" 1)
      busy=$(column "$row" "$name" 5)
      mark=""
      if awk -v b="$busy" 'BEGIN { exit !(b < 0.9) }'; then
        mark=" *"
        marked=1
      fi
      printf '| %s%s | %.2f | %.0f | %.0f | %.0f | %.1f | %.1f | %s | %s |\n' "$name" "$mark" "$cpu" "$(column "$row" "$name" 2)" \
        "$(column "$row" "$name" 3)" "$(column "$row" "$name" 4)" \
        "$(awk -v k="$(column "$row" "$name" 6)" 'BEGIN { print k / 1024 }')" "$(awk -v k="$(column "$row" "$name" 7)" 'BEGIN { print k / 1024 }')" \
        "$([[ -n "${RESULTS[$row:nginx]:-}" ]] && ratio "$cpu" "$(column "$row" nginx 1)" || echo -)" \
        "$([[ -n "${RESULTS[$row:floor]:-}" ]] && ratio "$cpu" "$(column "$row" floor 1)" || echo -)"
    done
  done
  if [[ " $ROWS " == *" close "* && " $PROXIES " == *" floor "* ]]; then
    echo
    echo "With a new connection per request the floor opens an upstream connection each time too, which the others keep; it is no lower bound in that row."
  fi
  if [ "$marked" = 1 ]; then
    echo
    echo "\\* the proxy's core was less than 90 % busy: load or upstream was the bottleneck, so requests/s and latency say little, and CPU per request is a little high (smaller batches)."
  fi
}

mkdir -p "$(dirname "$OUT")"
report | tee "$OUT"
[ "$FAILED" = 0 ]
