# The rows of the table. One line each: name, title, path, method, request body in bytes, new connection per request, and how the client comes:
# plain and tls (wrk), handshake (TLS anew for each request), resumed (a session of the connection before), h2 (h2load: TLS, few
# connections with many streams), websocket (messages that are sent back; the path is that of a request to compare answers by).
ROWS="get-64 get-1k get-64k get-1m post-1k close https-64 https-1m tls-full tls-resumed h2-64 websocket"
H2_CONNECTIONS=4 H2_STREAMS=32
WEBSOCKETS=1000 WEBSOCKET_MESSAGE=64

declare -A ROW_TITLE ROW_PATH ROW_METHOD ROW_BODY ROW_CLOSE ROW_CLIENT

row() { # name title path method body close client
  ROW_TITLE[$1]=$2 ROW_PATH[$1]=$3 ROW_METHOD[$1]=$4 ROW_BODY[$1]=$5 ROW_CLOSE[$1]=$6 ROW_CLIENT[$1]=${7:-plain}
}

row get-64  "GET, 64-byte body, keepalive"            /64  GET  0    0
row get-1k  "GET, 1 KiB body, keepalive"              /1k  GET  0    0
row get-64k "GET, 64 KiB body, keepalive"             /64k GET  0    0
row get-1m  "GET, 1 MiB body, keepalive"              /1m  GET  0    0
row post-1k "POST, 1 KiB request body, keepalive"     /64  POST 1024 0
row close   "GET, 64-byte body, new connection each"  /64  GET  0    1
row https-64    "HTTPS (TLS 1.3), GET, 64-byte body, keepalive"                    /64 GET 0 0 tls
row https-1m    "HTTPS (TLS 1.3), GET, 1 MiB body, keepalive"                      /1m GET 0 0 tls
row tls-full    "New TLS 1.3 connection each, ECDSA P-256, GET, 64-byte body"      /64 GET 0 1 handshake
row tls-resumed "New TLS 1.3 connection each, session resumed, GET, 64-byte body"  /64 GET 0 1 resumed
row h2-64       "HTTP/2 (TLS 1.3), $H2_CONNECTIONS connections with $H2_STREAMS streams each, GET, 64-byte body" /64 GET 0 0 h2
row websocket   "$WEBSOCKETS WebSockets, a message of $WEBSOCKET_MESSAGE bytes there and back"                   /64 GET 0 0 websocket

is_tls() { # row
  case ${ROW_CLIENT[$1]} in plain | websocket) return 1 ;; esac
}

# Whether a row of this kind is among those to run.
has_client() { # client
  local name
  for name in $ROWS; do [ "${ROW_CLIENT[$name]}" != "$1" ] || return 0; done
  return 1
}

serves() { # row proxy
  [ "$2" != floor ] || ! is_tls "$1"
}
