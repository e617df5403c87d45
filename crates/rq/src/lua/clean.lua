-- Reclaims what dead workers left in one queue and drops what expired. ARGV 4 queue, 5 clock as float,
-- 6 seconds an id may rest in the intermediate list, 7 reclaims allowed per job, 8 failure text (encoded) for running
-- jobs, 9 the same for stuck ones. Replies {reclaimed ids}, {failed ids}, {dropped ids}.
local queue, clock, grace, reclaims_allowed = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local reclaimed, failed, dropped = {}, {}, {}

local function give_back(id, exc)
  local key = job_key(id)
  local f = fields(key, 'failure_ttl', 'rate_limit_key', 'origin')
  local home = (f[3] and f[3] ~= '') and f[3] or queue
  local reclaims = call('HINCRBY', key, 'x_reclaims', 1)
  if reclaims <= reclaims_allowed then
    call('HSET', key, 'started_at', '', 'ended_at', '', 'worker_name', '')
    enqueue(home, id, true)
    reclaimed[#reclaimed + 1] = id
  else
    record_failure(home, id, 'failed', tonumber(f[1] or '') or 31536000, exc, '', '', '', '')
    release_slot(f[2], id)
    failed[#failed + 1] = id
  end
end

-- A live worker keeps the execution's hash alive, Python's as well as ours; the score only says when stock
-- cleaners will act. Oldest heartbeats come first.
local wip = zkey('wip', queue)
local running = call('ZRANGE', wip, 0, 499, 'WITHSCORES')
local function inspect_running(member, score)
  local id, execution = string.match(member, '^([^:]+):([^:]+)$')
  if not id then
    -- Two colons would make Python's cleaner raise.
    if score <= SECONDS or string.find(member, ':.*:') then
      call('ZREM', wip, member)
      dropped[#dropped + 1] = member
    end
  else
    local execution_key = P .. ':execution:' .. member
    if call('EXISTS', execution_key) == 0 and call('ZREM', wip, member) == 1 then
      call('ZREM', P .. ':executions:' .. id, execution)
      local f = fields(job_key(id), 'status', 'data', 'worker_name')
      if f[3] and f[3] ~= '' then call('SREM', P .. ':worker:' .. f[3] .. ':executions', member) end
      -- Stock workers register before they set the status; a crash between the two leaves `queued`.
      local stranded = f[1] == 'queued' and not call('LPOS', P .. ':queue:' .. queue, id)
        and not call('LPOS', P .. ':queue:' .. queue .. ':intermediate', id)
      if not f[2] or not (f[1] == 'started' or stranded) or is_running(queue, id) then
        dropped[#dropped + 1] = member
      else
        give_back(id, ARGV[8])
      end
    end
  end
end
for i = 1, #running, 2 do
  -- A key of a wrong type must not keep the others from being cleaned.
  if not pcall(inspect_running, running[i], tonumber(running[i + 1])) then dropped[#dropped + 1] = running[i] end
end

-- A stock worker registers an id milliseconds after moving it here; one that stays was left by a crash.
local transit = P .. ':queue:' .. queue .. ':intermediate'
local seen = P .. ':queue:' .. queue .. ':intermediate:rq-wire-seen'
local resting = call('LRANGE', transit, 0, 499)
local present = {}
local function inspect_resting(id)
  present[id] = true
  local since = tonumber(call('ZSCORE', seen, id) or '')
  if not since then
    call('ZADD', seen, clock, id)
    call('EXPIRE', seen, 86400)
  elseif clock - since >= grace and call('LREM', transit, 1, id) == 1 then
    call('ZREM', seen, id)
    call('DEL', transit .. ':first_seen:' .. id)
    local f = fields(job_key(id), 'status', 'data', 'origin')
    local waits = f[1] == 'queued' or f[1] == '' or not f[1] or (f[1] == 'started' and not is_running(queue, id))
    if f[2] and waits and not call('LPOS', P .. ':queue:' .. queue, id) then
      give_back(id, ARGV[9])
    else
      dropped[#dropped + 1] = id
    end
  end
end
for _, id in ipairs(resting) do
  if not pcall(inspect_resting, id) then dropped[#dropped + 1] = id end
end
for _, id in ipairs(call('ZRANGE', seen, 0, -1)) do
  if not present[id] then call('ZREM', seen, id) end
end

-- What RQ 3 leaves when it dies between marking dependents as ready and enqueueing them.
for _, id in ipairs(call('ZRANGEBYSCORE', zkey('ready', queue), '-inf', SECONDS - 30, 'LIMIT', 0, 500)) do
  if call('ZREM', zkey('ready', queue), id) == 1 then
    local f = fields(job_key(id), 'status', 'enqueue_at_front', 'rate_limit_key')
    if f[1] == 'ready_to_enqueue' then enqueue_limited(queue, id, f[2] == '1', f[3]) end
  end
end

call('ZREMRANGEBYSCORE', zkey('finished', queue), 0, SECONDS)
call('ZREMRANGEBYSCORE', zkey('failed', queue), 0, SECONDS)
for _, set in ipairs({P .. ':workers', P .. ':workers:' .. queue}) do
  for _, key in ipairs(call('SMEMBERS', set)) do
    if call('EXISTS', key) == 0 then call('SREM', set, key) end
  end
end
return {reclaimed, failed, dropped}
