-- Takes a job out of wherever it is. ARGV 4 verb (cancel, delete, drop, requeue), 5 id, 6 front,
-- 7 enqueue dependents. Replies missing, the former status, or refused.
local verb, id, front, free_dependents = ARGV[4], ARGV[5], ARGV[6] == '1', ARGV[7] == '1'
local key = job_key(id)
local f = fields(key, 'status', 'origin', 'rate_limit_key', 'data', 'group_id')
if not f[1] and not f[4] then return 'missing' end
local status, queue = f[1] or '', f[2] or ''
if verb == 'cancel' and status == 'canceled' then return 'refused' end
if verb == 'requeue' and not f[4] then return 'missing' end
if verb == 'requeue' and (status == 'queued' or status == 'started' or status == 'rate_limited') then
  if is_running(queue, id) or call('LPOS', P .. ':queue:' .. queue, id) then return 'refused' end
end

detach(queue, id)
if verb == 'cancel' then
  call('HSET', key, 'status', 'canceled')
  call('ZADD', zkey('canceled', queue), SECONDS, id)
  if free_dependents then release_dependents(id, 'finished') end
  release_slot(f[3], id)
elseif verb == 'delete' or verb == 'drop' then
  if verb == 'delete' then
    for _, parent in ipairs(call('SMEMBERS', P .. ':job::' .. id .. ':dependencies')) do
      call('SREM', job_key(parent) .. ':dependents', id)
    end
  end
  if f[5] and f[5] ~= '' then call('SREM', P .. ':group:' .. f[5], id) end
  call('DEL', key, key .. ':dependents', P .. ':job::' .. id .. ':dependencies', P .. ':results:' .. id,
    P .. ':executions:' .. id)
  release_slot(f[3], id)
else
  call('PERSIST', key)
  call('HDEL', key, 'x_reclaims')
  call('HSET', key, 'started_at', '', 'ended_at', '', 'worker_name', '')
  enqueue(queue, id, front)
end
return status
