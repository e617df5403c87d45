-- Pops up to as many jobs as there are execution ids, from the queues in order, and registers each as running.
-- An id rests in its queue's intermediate list until it is registered, so that even a script that dies half
-- way leaves it where cleaners look.
-- ARGV 4 worker, 5 clock as float, 6 lease, 7 wip score, 8 executions score, 9 worker ttl, 10 number of queues,
-- then the queues, then execution ids.
local worker, clock, lease, wip_score, executions_score, worker_ttl =
  ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8], ARGV[9]
local queue_count = tonumber(ARGV[10])
if call('EXISTS', P .. ':suspended') == 1 then return {'suspended'} end

local ended = {finished = true, failed = true, stopped = true, canceled = true}
local out = {'ok'}
local members = {}
local taken = {}
local next_execution = 10 + queue_count + 1
local scanned = 0

-- Replies what to report, or nothing when the id is a leftover.
local function claim(queue, id)
  if not string.find(id, '^[%w_-]+$') then return {queue, id, '', {}} end
  local hash = call('HGETALL', P .. ':job:' .. id)
  local status, data
  for i = 1, #hash, 2 do
    local name = hash[i]
    if name == 'status' then status = hash[i + 1]
    elseif name == 'data' then data = true end
  end
  -- An id of a job that is over or runs already was pushed twice, or canceled a moment too late to be taken
  -- out of the list.
  if not data or ended[status] or taken[id] or (status == 'started' and is_running(queue, id)) then return nil end
  local execution = ARGV[next_execution]
  local member = id .. ':' .. execution
  local execution_key = P .. ':execution:' .. member
  call('HSET', execution_key, 'id', execution, 'job_id', id, 'created_at', clock, 'last_heartbeat', clock,
    'worker_name', worker)
  call('EXPIRE', execution_key, lease)
  call('ZADD', P .. ':executions:' .. id, executions_score, execution)
  call('EXPIREAT', P .. ':executions:' .. id, executions_score)
  -- The origin names the registries Python looks in, so it must be the queue the id was found in.
  call('HSET', P .. ':job:' .. id, 'status', 'started', 'started_at', NOW, 'last_heartbeat', NOW, 'ended_at', '',
    'worker_name', worker, 'origin', queue)
  call('PERSIST', P .. ':job:' .. id)
  next_execution = next_execution + 1
  taken[id] = true
  members[#members + 1] = member
  return {queue, id, execution, hash}
end

for q = 11, 10 + queue_count do
  local queue = ARGV[q]
  local list = P .. ':queue:' .. queue
  local transit = list .. ':intermediate'
  while next_execution <= #ARGV and scanned < 2000 do
    -- As many LMOVEs, in three calls.
    local ids = call('LRANGE', list, 0, #ARGV - next_execution)
    if #ids == 0 then break end
    call('RPUSH', transit, unpack(ids))
    call('LTRIM', list, #ids, -1)
    scanned = scanned + #ids
    local registered = {}
    for _, id in ipairs(ids) do
      local good, found = pcall(claim, queue, id)
      if good then
        out[#out + 1] = found
        if found and found[3] ~= '' then
          registered[#registered + 1] = wip_score
          registered[#registered + 1] = id .. ':' .. found[3]
        end
      else
        -- A key of a wrong type. Only this job suffers.
        if type(redis.pcall('HSET', P .. ':job:' .. id, 'status', 'failed')) == 'number' then
          redis.pcall('ZADD', zkey('failed', queue), SECONDS + 31536000, id)
        end
        out[#out + 1] = {queue, id, '', {}}
      end
    end
    if #registered > 0 then call('ZADD', P .. ':wip:' .. queue, unpack(registered)) end
    call('LTRIM', transit, 0, -1 - #ids)
  end
end

if #members > 0 then
  local set = P .. ':worker:' .. worker .. ':executions'
  call('SADD', set, unpack(members))
  call('EXPIRE', set, worker_ttl)
  local key = P .. ':worker:' .. worker
  if call('EXISTS', key) == 1 then
    call('HSET', key, 'state', 'busy', 'last_heartbeat', NOW, 'current_job', string.match(members[1], '^[^:]*'))
    call('EXPIRE', key, worker_ttl)
  end
end
return out
