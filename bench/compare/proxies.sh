# How each proxy is started. start_NAME sets PROXY_PID[NAME] and PROXY_PORT[NAME],
# and PROXY_TLS_PORT[NAME] where TLS is asked for (TLS=1; $WORK/bench.crt, .key and, both in one, .pem); version_NAME prints one line.
# Every proxy does the same job: it sets the same fields towards the upstream, keeps up to 128 idle upstream connections,
# speaks HTTP/1.1 keepalive both ways without a limit that matters, and writes no access log. With --bare no field is added.
PROXIES="floor nginx haproxy balancerd"
declare -A PROXY_PID PROXY_PORT PROXY_TLS_PORT

on_proxy_core() { # log command...: in the background, on the proxies' core
  local log=$1
  shift
  taskset -c "$PROXY_CORE" "$@" >"$log" 2>&1 &
  LAST_PID=$!
  OWN_PIDS+=("$LAST_PID")
}

start_floor() {
  on_proxy_core "$WORK/floor.log" "$WORK/floor" "${UPSTREAM_PORTS[0]}"
  PROXY_PID[floor]=$LAST_PID
  wait_until "floor" "$LAST_PID" "$WORK/floor.log" test -s "$WORK/floor.log"
  PROXY_PORT[floor]=$(cat "$WORK/floor.log")
}
version_floor() { echo "C epoll relay, one upstream connection per client connection, parses nothing ($(gcc --version | head -1), -O2)"; }

start_nginx() {
  local port tls_port fields="" servers="" listen="" p
  port=$(free_port)
  tls_port=$(free_port)
  [ "$TLS" = 0 ] || listen="listen 127.0.0.1:$tls_port ssl http2 reuseport; ssl_certificate $WORK/bench.crt; ssl_certificate_key $WORK/bench.key; ssl_protocols TLSv1.2 TLSv1.3;"
  for p in "${UPSTREAM_PORTS[@]}"; do servers+="server 127.0.0.1:$p; "; done
  if [ "$BARE" = 0 ]; then
    fields='proxy_set_header Host $http_host; proxy_set_header X-Real-IP $remote_addr; proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Forwarded-Host $host; proxy_set_header X-Request-ID $request_id;'
  fi
  mkdir -p "$WORK/nginx"
  cat >"$WORK/nginx/nginx.conf" <<CONF
worker_processes 1;
daemon off;
pid $WORK/nginx/nginx.pid;
error_log $WORK/nginx/error.log warn;
$([ "$(id -u)" = 0 ] && echo "user root;")
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path $WORK/nginx/body;
  proxy_temp_path $WORK/nginx/proxy;
  fastcgi_temp_path $WORK/nginx/fastcgi;
  uwsgi_temp_path $WORK/nginx/uwsgi;
  scgi_temp_path $WORK/nginx/scgi;
  upstream pool { $servers keepalive 128; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:$port reuseport;
    $listen
    location / {
      proxy_pass http://pool;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_max_temp_file_size 0;
      $fields
    }
    location /ws {
      proxy_pass http://pool;
      proxy_http_version 1.1;
      proxy_set_header Upgrade \$http_upgrade;
      proxy_set_header Connection upgrade;
      $fields
    }
  }
}
CONF
  on_proxy_core "$WORK/nginx/stderr.log" nginx -p "$WORK/nginx" -c "$WORK/nginx/nginx.conf" -e "$WORK/nginx/error.log"
  PROXY_PID[nginx]=$LAST_PID
  PROXY_PORT[nginx]=$port
  PROXY_TLS_PORT[nginx]=$tls_port
}
version_nginx() { nginx -v 2>&1 | sed 's/nginx version: //'; }

start_haproxy() {
  local port tls_port fields="" servers="" bind="" i=0 p
  port=$(free_port)
  tls_port=$(free_port)
  [ "$TLS" = 0 ] || bind="bind 127.0.0.1:$tls_port ssl crt $WORK/bench.pem alpn h2,http/1.1"
  for p in "${UPSTREAM_PORTS[@]}"; do
    servers+="  server s$i 127.0.0.1:$p pool-max-conn 128"$'\n'
    i=$((i + 1))
  done
  if [ "$BARE" = 0 ]; then
    fields='  http-request set-header X-Real-IP %[src]
  http-request set-header X-Forwarded-For %[src]
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  unique-id-format %[rand(2147483647),hex]%[rand(2147483647),hex]%[rand(2147483647),hex]%[rand(2147483647),hex]
  unique-id-header X-Request-ID'
  fi
  cat >"$WORK/haproxy.cfg" <<CONF
global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout http-keep-alive 75s
  timeout tunnel 60s
  http-reuse always
frontend main
  bind 127.0.0.1:$port
  $bind
$fields
  default_backend pool
backend pool
  balance roundrobin
$servers
CONF
  on_proxy_core "$WORK/haproxy.log" haproxy -db -f "$WORK/haproxy.cfg"
  PROXY_PID[haproxy]=$LAST_PID
  PROXY_PORT[haproxy]=$port
  PROXY_TLS_PORT[haproxy]=$tls_port
}
version_haproxy() { haproxy -v | sed -n '1s/ - https.*//p'; }

start_balancerd() {
  local port tls_port p servers="" fields="" tls=""
  port=$(free_port)
  tls_port=$(free_port)
  [ "$TLS" = 0 ] || tls="ssl_certificate = \"$WORK/bench.crt\"
ssl_certificate_key = \"$WORK/bench.key\""
  for p in "${UPSTREAM_PORTS[@]}"; do servers+="\"127.0.0.1:$p\", "; done
  if [ "$BARE" = 1 ]; then
    fields='proxy_set_header = { X-Real-IP = "", X-Forwarded-For = "", X-Forwarded-Proto = "", X-Forwarded-Host = "", X-Request-ID = "" }'
  fi
  cat >"$WORK/balancerd.toml" <<CONF
error_log = "stderr warn"
access_log = "off"
keepalive_requests = 1000000000
http2 = true

[upstream.pool]
keepalive = 128
keepalive_requests = 1000000000
server = [$servers]

[[server]]
listen = ["127.0.0.1:$port"$([ "$TLS" = 0 ] || echo ", \"127.0.0.1:$tls_port ssl\"")]
$tls

  [[server.location]]
  path = "/"
  proxy_pass = "http://pool"
  $fields
CONF
  on_proxy_core "$WORK/balancerd.log" "$BALANCERD" -c "$WORK/balancerd.toml"
  PROXY_PID[balancerd]=$LAST_PID
  PROXY_PORT[balancerd]=$port
  PROXY_TLS_PORT[balancerd]=$tls_port
}
version_balancerd() { "$BALANCERD" -v 2>&1 | head -1; }
