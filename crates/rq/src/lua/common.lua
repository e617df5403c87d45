-- Shared by every script: ARGV[1] is the key prefix, ARGV[2] the clock as hashes hold it, ARGV[3] the same in
-- whole Unix seconds. Keys are built from data, so all of them must live in one slot of a cluster: give the
-- prefix a hash tag there.
local call = redis.call
local P, NOW, SECONDS = ARGV[1], ARGV[2], tonumber(ARGV[3])

local function job_key(id) return P .. ':job:' .. id end
local function zkey(word, queue) return P .. ':' .. word .. ':' .. queue end

-- HMGET that takes a key of another type as missing.
local function fields(key, ...)
  local reply = redis.pcall('HMGET', key, ...)
  if reply.err then return {} end
  return reply
end

local function push(queue, id, front)
  call(front and 'LPUSH' or 'RPUSH', P .. ':queue:' .. queue, id)
end

-- Writes the fields of a waiting job and puts it into its list.
local function enqueue(queue, id, front)
  call('SADD', P .. ':queues', P .. ':queue:' .. queue)
  call('HSET', job_key(id), 'status', 'queued', 'enqueued_at', NOW)
  push(queue, id, front)
end

-- Hands free slots of a rate limit to the jobs that wait for it.
local function fill_slots(key)
  local base = P .. ':rl:' .. key
  local limit = tonumber(call('HGET', base, 'concurrency') or '') or 0
  while call('ZCARD', base .. ':allowed') < limit do
    local popped = call('ZPOPMIN', base .. ':rate_limited')
    if #popped == 0 then return end
    local id = popped[1]
    local f = fields(job_key(id), 'origin', 'status')
    if f[1] and f[1] ~= '' and f[2] == 'rate_limited' then
      call('ZADD', base .. ':allowed', SECONDS, id)
      enqueue(f[1], id, false)
    end
  end
end

local function release_slot(key, id)
  if not key or key == '' then return end
  call('ZREM', P .. ':rl:' .. key .. ':allowed', id)
  call('ZREM', P .. ':rl:' .. key .. ':rate_limited', id)
  fill_slots(key)
end

-- Enqueues a job whose time has come, by way of its rate limit if it has one.
local function enqueue_limited(queue, id, front, limit_key)
  if limit_key and limit_key ~= '' then
    call('HSET', job_key(id), 'status', 'rate_limited')
    call('ZADD', P .. ':rl:' .. limit_key .. ':rate_limited', SECONDS, id)
    fill_slots(limit_key)
  else
    enqueue(queue, id, front)
  end
end

-- Forgets one execution; replies 1 when it was registered as running.
local function end_execution(queue, id, execution, worker)
  call('DEL', P .. ':execution:' .. id .. ':' .. execution)
  call('ZREM', P .. ':executions:' .. id, execution)
  if worker and worker ~= '' then
    call('SREM', P .. ':worker:' .. worker .. ':executions', id .. ':' .. execution)
  end
  return call('ZREM', zkey('wip', queue), id .. ':' .. execution)
end

local function end_executions(queue, id)
  for _, execution in ipairs(call('ZRANGE', P .. ':executions:' .. id, 0, -1)) do
    local worker = call('HGET', P .. ':execution:' .. id .. ':' .. execution, 'worker_name')
    end_execution(queue, id, execution, worker)
  end
end

-- A live worker renews both the registry's score and the execution's hash; whichever ends first is its end.
local function is_running(queue, id)
  for _, execution in ipairs(call('ZRANGE', P .. ':executions:' .. id, 0, -1)) do
    local score = call('ZSCORE', zkey('wip', queue), id .. ':' .. execution)
    if score and tonumber(score) > SECONDS and call('EXISTS', P .. ':execution:' .. id .. ':' .. execution) == 1 then
      return true
    end
  end
  return false
end

-- Takes an id out of every list and registry of its queue.
local function detach(queue, id)
  call('LREM', P .. ':queue:' .. queue, 0, id)
  call('LREM', P .. ':queue:' .. queue .. ':intermediate', 0, id)
  end_executions(queue, id)
  for _, word in ipairs({'scheduled', 'deferred', 'ready', 'failed', 'finished', 'canceled'}) do
    call('ZREM', zkey(word, queue), id)
  end
end

-- Whether all parents of a child but `except` are done.
local function parents_are_done(child, except, allow_failure)
  for _, parent in ipairs(call('SMEMBERS', P .. ':job::' .. child .. ':dependencies')) do
    if parent ~= except then
      local f = fields(job_key(parent), 'status', 'data')
      local exists = f[1] or f[2]
      if exists and f[1] ~= 'finished' and not (f[1] == 'failed' and allow_failure) then return false end
    end
  end
  return true
end

-- Enqueues the jobs that waited for `id` alone; replies how many it leaves waiting.
local function release_dependents(id, outcome)
  local key = job_key(id) .. ':dependents'
  local children = call('SMEMBERS', key)
  local left = #children
  for _, child in ipairs(children) do
    local f = fields(job_key(child), 'status', 'origin', 'allow_dependency_failures', 'enqueue_at_front', 'rate_limit_key')
    local allow_failure = f[3] == '1'
    local done = outcome == 'finished' or (outcome == 'failed' and allow_failure)
    if not f[1] then
      call('SREM', key, child)
      left = left - 1
    elseif f[1] == 'deferred' and done and parents_are_done(child, id, allow_failure) then
      call('SREM', key, child)
      left = left - 1
      call('ZREM', zkey('deferred', f[2]), child)
      enqueue_limited(f[2], child, f[4] == '1', f[5])
    end
  end
  return left
end

-- Applies the time an ended job is kept: negative is forever, 0 is not at all.
local function keep(id, ttl)
  local key = job_key(id)
  if ttl == 0 then
    call('DEL', key, key .. ':dependents', P .. ':job::' .. id .. ':dependencies', P .. ':results:' .. id)
  elseif ttl > 0 then
    call('EXPIRE', key, ttl)
    call('EXPIRE', key .. ':dependents', ttl)
    call('EXPIRE', P .. ':job::' .. id .. ':dependencies', ttl)
    call('EXPIRE', P .. ':results:' .. id, ttl)
  else
    call('PERSIST', key)
    call('PERSIST', P .. ':results:' .. id)
  end
end

-- Records the end of a job that failed or was stopped.
local function record_failure(queue, id, status, ttl, exc, worker, execution, started, ended)
  call('HSET', job_key(id), 'status', status, 'ended_at', NOW, 'last_heartbeat', NOW)
  if ttl ~= 0 then
    local entry = {'XADD', P .. ':results:' .. id, 'MAXLEN', '~', '10', '*', 'type', '2', 'worker_name', worker, 'exc_string', exc}
    if execution ~= '' then entry[#entry + 1] = 'execution_id'; entry[#entry + 1] = execution end
    if started ~= '' then entry[#entry + 1] = 'execution_started_at'; entry[#entry + 1] = started end
    if ended ~= '' then entry[#entry + 1] = 'execution_ended_at'; entry[#entry + 1] = ended end
    call(unpack(entry))
    call('ZADD', zkey('failed', queue), ttl < 0 and -1 or SECONDS + ttl, id)
  end
  release_dependents(id, status)
  keep(id, ttl)
end
