-- Renews a worker and what it runs. ARGV 4 worker, 5 clock as float, 6 lease, 7 wip score, 8 executions score,
-- 9 worker ttl, then queue, id, execution per item. Replies whether the worker's hash exists, then per item
-- ok, lost or canceled.
local worker, clock, lease, wip_score, executions_score, worker_ttl =
  ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8], ARGV[9]
local key = P .. ':worker:' .. worker
local known = call('EXISTS', key)
if known == 1 then
  call('HSET', key, 'last_heartbeat', NOW)
  call('EXPIRE', key, worker_ttl)
  call('EXPIRE', key .. ':executions', worker_ttl)
  -- A stock cleaner that saw the hash expired may have taken the worker off after it came back.
  call('SADD', P .. ':workers', key)
  for queue in string.gmatch(call('HGET', key, 'queues') or '', '[^,]+') do
    call('SADD', P .. ':workers:' .. queue, key)
  end
end
local out = {known}
for at = 10, #ARGV, 3 do
  local queue, id, execution = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local member = id .. ':' .. execution
  local status = fields(job_key(id), 'status')[1]
  if not call('ZSCORE', zkey('wip', queue), member) or status == 'canceled' or not status then
    out[#out + 1] = status == 'canceled' and 'canceled' or 'lost'
  else
    local execution_key = P .. ':execution:' .. member
    -- All readers need created_at, so a hash that expired is written whole.
    if call('EXISTS', execution_key) == 0 then
      call('HSET', execution_key, 'id', execution, 'job_id', id, 'created_at', clock, 'worker_name', worker)
    end
    call('HSET', execution_key, 'last_heartbeat', clock)
    call('EXPIRE', execution_key, lease)
    call('ZADD', zkey('wip', queue), 'XX', wip_score, member)
    call('ZADD', P .. ':executions:' .. id, executions_score, execution)
    call('EXPIREAT', P .. ':executions:' .. id, executions_score)
    call('HSET', job_key(id), 'last_heartbeat', NOW)
    call('SADD', key .. ':executions', member)
    out[#out + 1] = 'ok'
  end
end
if #out > 1 then call('EXPIRE', key .. ':executions', worker_ttl) end
return out
