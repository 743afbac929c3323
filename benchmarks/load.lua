-- Reads: any of the addresses given, as any of the people given. Writes: one answer, or one verdict, a thread, its version followed.
local sessions, paths, saves = {}, {}, {}
local threads = {}

function setup(thread)
  thread:set("id", #threads)
  table.insert(threads, thread)
end

function init(args)
  for line in io.lines(os.getenv("LOAD_FILE")) do
    local kind, cookie, token, path, code, last = line:match("^(%S+)\t(%S+)\t(%S+)\t(%S+)\t(%S*)\t(%d*)$")
    if kind == "read" then table.insert(sessions, { cookie = cookie, path = path }) end
    if kind == "save" or kind == "judge" then table.insert(saves, { cookie = cookie, token = token, path = path, code = code, last = last, judges = kind == "judge" }) end
  end
  mine = saves[id + 1]
  count = 0
  refused = 0
  version = mine and tonumber(mine.last) or 0
end

function request()
  if #saves > 0 then
    count = count + 1
    local body = mine.judges and "requirement=" .. mine.code .. "&outcome=accepted&note=essai+" .. count .. "&version=" .. version or "level-" .. mine.code .. "=" .. (count % 2 == 0 and "low" or "high") .. "&comment-" .. mine.code .. "=essai+" .. count .. "&version-" .. mine.code .. "=" .. version
    return wrk.format("POST", mine.path, {
      ["Cookie"] = "sessionid=" .. mine.cookie .. "; csrftoken=" .. mine.token, ["X-CSRFToken"] = mine.token,
      ["Accept"] = "application/json", ["Content-Type"] = "application/x-www-form-urlencoded" }, body)
  end
  local one = sessions[math.random(#sessions)]
  if one.cookie == "-" then return wrk.format("GET", one.path) end -- a visitor
  -- as a browser that has seen a page before: it has its CSRF cookie
  return wrk.format("GET", one.path, { ["Cookie"] = "sessionid=" .. one.cookie .. "; csrftoken=" .. string.rep("c", 32) })
end

function response(status, headers, body)
  local judges = mine and mine.judges -- a verdict kept leads to the next requirement
  if status ~= (judges and 302 or 200) then refused = refused + 1 end -- a redirection is not the page
  if judges then version = version + 1
  elseif #saves > 0 then version = tonumber(body:match('"version": (%d+)')) or version end
end

function done(summary, latency, requests)
  local e, refused = summary.errors, 0
  for _, thread in ipairs(threads) do refused = refused + thread:get("refused") end
  io.write(string.format('{"seconds": %.3f, "requests": %d, "failed": %d, "p50": %.3f, "p99": %.3f}\n',
    summary.duration / 1e6, summary.requests, refused + e.connect + e.read + e.write + e.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
