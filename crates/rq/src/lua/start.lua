-- Registers a job as running that was not popped. ARGV 4 worker, 5 clock as float, 6 lease, 7 wip score,
-- 8 executions score, 9 worker ttl, 10 queue, 11 id, 12 execution, then fields and values for a job that Redis
-- forgot; one that it knows is left alone then. Replies missing, running, known or ok.
local worker, clock, lease, wip_score, executions_score, worker_ttl, queue, id, execution =
  ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8], ARGV[9], ARGV[10], ARGV[11], ARGV[12]
local key = job_key(id)
if #ARGV > 12 then
  if call('EXISTS', key) == 1 then return 'known' end
  call('HSET', key, unpack(ARGV, 13))
  call('SADD', P .. ':queues', P .. ':queue:' .. queue)
end
if not fields(key, 'data')[1] then return 'missing' end
if is_running(queue, id) then return 'running' end
detach(queue, id)
local member = id .. ':' .. execution
call('HSET', P .. ':execution:' .. member, 'id', execution, 'job_id', id, 'created_at', clock, 'last_heartbeat', clock,
  'worker_name', worker)
call('EXPIRE', P .. ':execution:' .. member, lease)
call('ZADD', P .. ':executions:' .. id, executions_score, execution)
call('EXPIREAT', P .. ':executions:' .. id, executions_score)
call('ZADD', zkey('wip', queue), wip_score, member)
call('HSET', key, 'status', 'started', 'started_at', NOW, 'last_heartbeat', NOW, 'ended_at', '', 'worker_name', worker)
call('PERSIST', key)
local worker_key = P .. ':worker:' .. worker
call('SADD', worker_key .. ':executions', member)
call('EXPIRE', worker_key .. ':executions', worker_ttl)
if call('EXISTS', worker_key) == 1 then
  call('HSET', worker_key, 'state', 'busy', 'current_job', id)
end
return 'ok'
