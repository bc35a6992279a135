-- Sends the row's request and prints one line that compare.sh reads: counts, errors, duration and latencies in microseconds.
wrk.method = os.getenv("COMPARE_METHOD") or "GET"
local body = tonumber(os.getenv("COMPARE_BODY") or "0")
if body > 0 then
  wrk.body = string.rep("x", body)
  wrk.headers["Content-Type"] = "application/octet-stream"
end
if os.getenv("COMPARE_CLOSE") == "1" then
  wrk.headers["Connection"] = "close"
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration,
    e.status + e.connect + e.read + e.write + e.timeout, latency:percentile(50), latency:percentile(99)))
end
