-- Ends executions, many in one call. ARGV 4 worker, 5 number of ARGV per item, then the items:
-- kind, queue, id, execution ('' = whatever runs), ttl, payload, started, ended, seconds worked, delay, front,
-- retries left, fields to delete (space separated).
-- Replies per item: ok, lost (another took the execution away), canceled or deleted (by a client meanwhile),
-- broken (a key of the job has a wrong type).
local worker = ARGV[4]
local width = tonumber(ARGV[5])
local out = {}
local ok_count, failed_count, work = 0, 0, 0

-- What many items do to one key is gathered and done at once.
local held, wip, finished, execution_keys, members = {}, {}, {}, {}, {}

local function gather(lists, name, ...)
  local list = lists[name]
  if not list then list = {}; lists[name] = list end
  for _, value in ipairs({...}) do list[#list + 1] = value end
end

for at = 6, #ARGV, width do
  if ARGV[at + 3] ~= '' then gather(wip, ARGV[at + 1], ARGV[at + 2] .. ':' .. ARGV[at + 3]) end
end
-- Hardly any job has dependents: one look at all of them spares each job its own.
local dependents = {}
for at = 6, #ARGV, width do dependents[#dependents + 1] = job_key(ARGV[at + 2]) .. ':dependents' end
local any_dependents = #dependents > 0 and call('EXISTS', unpack(dependents)) > 0

for queue, list in pairs(wip) do
  local scores = call('ZMSCORE', zkey('wip', queue), unpack(list))
  for i, member in ipairs(list) do held[member] = scores[i] end
end

local function settle(at)
  local kind, queue, id, execution = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local ttl, payload, started, ended = tonumber(ARGV[at + 4]), ARGV[at + 5], ARGV[at + 6], ARGV[at + 7]
  local key = job_key(id)
  local f = fields(key, 'status', 'data', 'repeats_left', 'rate_limit_key', 'dependency_ids', 'repeat_intervals')
  if execution ~= '' then
    local member = id .. ':' .. execution
    local was_held = held[member]
    held[member] = nil
    execution_keys[#execution_keys + 1] = P .. ':execution:' .. member
    members[#members + 1] = member
    call('ZREM', P .. ':executions:' .. id, execution)
    if not f[2] then return 'deleted' end
    if f[1] == 'canceled' then
      release_slot(f[4], id)
      return 'canceled'
    end
    if not was_held then return 'lost' end
  else
    if not f[2] then return 'deleted' end
    detach(queue, id)
  end
  work = work + (tonumber(ARGV[at + 8]) or 0)
  for name in string.gmatch(ARGV[at + 12], '%S+') do call('HDEL', key, name) end

  if kind == 'finished' then
    ok_count = ok_count + 1
    call('HSET', key, 'status', 'finished', 'ended_at', NOW, 'last_heartbeat', NOW)
    local results = P .. ':results:' .. id
    if ttl ~= 0 then
      local entry = {'XADD', results, 'MAXLEN', '~', '10', '*', 'type', '1', 'worker_name', worker}
      local n = #entry
      if payload ~= '' then entry[n + 1] = 'return_value'; entry[n + 2] = payload; n = n + 2 end
      if execution ~= '' then
        entry[n + 1] = 'execution_id'; entry[n + 2] = execution
        entry[n + 3] = 'execution_started_at'; entry[n + 4] = started
        entry[n + 5] = 'execution_ended_at'; entry[n + 6] = ended
      end
      call(unpack(entry))
      if ttl > 0 then call('EXPIRE', results, ttl) else call('PERSIST', results) end
      gather(finished, queue, ttl < 0 and '+inf' or SECONDS + ttl, id)
    end
    local left = any_dependents and release_dependents(id, 'finished') or 0
    local repeats = tonumber(f[3] or '') or 0
    if repeats > 0 then
      local good, intervals = pcall(cjson.decode, f[6] or '')
      if not good or type(intervals) ~= 'table' then intervals = {} end
      local interval = tonumber(intervals[1]) or 0
      if #intervals > 1 then
        table.remove(intervals, 1)
        call('HSET', key, 'repeat_intervals', cjson.encode(intervals))
      end
      call('HSET', key, 'repeats_left', repeats - 1)
      call('HDEL', key, 'x_reclaims')
      if interval > 0 then
        call('HSET', key, 'status', 'scheduled')
        call('ZADD', zkey('scheduled', queue), SECONDS + interval, id)
      else
        enqueue(queue, id, false)
      end
    elseif ttl == 0 then
      keep(id, 0)
    elseif ttl > 0 then
      call('EXPIRE', key, ttl)
      if left > 0 then call('EXPIRE', key .. ':dependents', ttl) end
      if f[5] and f[5] ~= '' then call('EXPIRE', P .. ':job::' .. id .. ':dependencies', ttl) end
    end
    release_slot(f[4], id)
  elseif kind == 'failed' or kind == 'stopped' then
    failed_count = failed_count + 1
    record_failure(queue, id, kind, ttl, payload, worker, execution, started, ended)
    release_slot(f[4], id)
  elseif kind == 'canceled' then
    -- The same moment twice tells this end from a cancellation by a client, which an announcement must not undo.
    call('HSET', key, 'status', 'canceled', 'ended_at', NOW, 'x_settled', NOW)
    call('ZADD', zkey('canceled', queue), SECONDS, id)
    release_slot(f[4], id)
  else -- queued again: a retry, or interrupted work
    if kind == 'retry' then failed_count = failed_count + 1 end
    if ARGV[at + 11] ~= '' then call('HSET', key, 'retries_left', ARGV[at + 11]) end
    call('HSET', key, 'started_at', '', 'ended_at', '', 'worker_name', '')
    local delay = tonumber(ARGV[at + 9]) or 0
    if delay > 0 then
      call('HSET', key, 'status', 'scheduled')
      call('SADD', P .. ':queues', P .. ':queue:' .. queue)
      call('ZADD', zkey('scheduled', queue), SECONDS + delay, id)
    else
      enqueue(queue, id, ARGV[at + 10] == '1')
    end
  end
  return 'ok'
end

for at = 6, #ARGV, width do
  -- A key of a wrong type must not hold up the others.
  local good, reply = pcall(settle, at)
  out[#out + 1] = good and reply or 'broken'
end
for queue, list in pairs(wip) do call('ZREM', zkey('wip', queue), unpack(list)) end
for queue, list in pairs(finished) do call('ZADD', zkey('finished', queue), unpack(list)) end
if #members > 0 then
  call('DEL', unpack(execution_keys))
  if worker ~= '' then call('SREM', P .. ':worker:' .. worker .. ':executions', unpack(members)) end
end

if worker ~= '' then
  local key = P .. ':worker:' .. worker
  if call('EXISTS', key) == 1 then
    if ok_count > 0 then call('HINCRBY', key, 'successful_job_count', ok_count) end
    if failed_count > 0 then call('HINCRBY', key, 'failed_job_count', failed_count) end
    call('HINCRBYFLOAT', key, 'total_working_time', work)
    local other = call('SRANDMEMBER', key .. ':executions')
    if other then
      call('HSET', key, 'current_job', string.match(other, '^[^:]*'))
    else
      call('HDEL', key, 'current_job')
      call('HSET', key, 'state', 'idle')
    end
  end
end
return out
