-- Makes sure that jobs wait in their queues. ARGV 4 number of jobs; per job: queue, id, front, number of fields and
-- values, then those. Replies per job: pushed, waiting, running, or canceled (by a client, while it waited).
local out = {}
local queues = {}
local waiting = {}
local count = tonumber(ARGV[4])

-- One job alone is looked up by position; of many, each list is read once.
local function is_waiting(queue, id)
  local list = P .. ':queue:' .. queue
  if count < 16 then
    return call('LPOS', list, id) or call('LPOS', list .. ':intermediate', id)
  end
  if not waiting[queue] then
    local set = {}
    for _, key in ipairs({list, list .. ':intermediate'}) do
      for _, other in ipairs(call('LRANGE', key, 0, -1)) do set[other] = true end
    end
    waiting[queue] = set
  end
  return waiting[queue][id]
end

local at = 5
for _ = 1, count do
  local queue, id, front, n = ARGV[at], ARGV[at + 1], ARGV[at + 2] == '1', tonumber(ARGV[at + 3])
  local key = job_key(id)
  local kind = call('TYPE', key).ok
  if kind ~= 'none' and kind ~= 'hash' then
    call('DEL', key)
    kind = 'none'
  end
  local verdict = 'pushed'
  if kind == 'hash' then
    if is_running(queue, id) then verdict = 'running'
    elseif is_waiting(queue, id) then verdict = 'waiting'
    else
      local f = fields(key, 'status', 'ended_at', 'x_settled')
      if f[1] == 'canceled' and not (f[3] and f[3] == f[2]) then verdict = 'canceled' end
    end
  end
  if verdict == 'pushed' then
    if kind == 'hash' then
      detach(queue, id)
      call('PERSIST', key)
      call('HDEL', key, 'x_reclaims')
    end
    call('HSET', key, unpack(ARGV, at + 4, at + 3 + n))
    if not queues[queue] then
      call('SADD', P .. ':queues', P .. ':queue:' .. queue)
      queues[queue] = true
    end
    push(queue, id, front)
    if waiting[queue] then waiting[queue][id] = true end
  end
  out[#out + 1] = verdict
  at = at + 4 + n
end
return out
