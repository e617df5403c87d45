-- Saves one job and puts it where it belongs. ARGV 4 queue, 5 id, 6 front, 7 unique, 8 ttl ('' none), 9 due
-- ('' now), 10 allow failed parents, 11 rate limit key, 12 rate limit concurrency, 13 number of parents, parents,
-- then fields and values. Replies duplicate or the status.
local queue, id, front, unique, ttl, due = ARGV[4], ARGV[5], ARGV[6] == '1', ARGV[7] == '1', ARGV[8], ARGV[9]
local allow_failure, limit_key, limit, parent_count = ARGV[10] == '1', ARGV[11], ARGV[12], tonumber(ARGV[13])
local key = job_key(id)
if unique and call('EXISTS', key) == 1 then return 'duplicate' end
call('SADD', P .. ':queues', P .. ':queue:' .. queue)
call('HSET', key, unpack(ARGV, 14 + parent_count))
if ttl ~= '' then call('EXPIRE', key, ttl) end
if due ~= '' then
  call('HSET', key, 'status', 'scheduled')
  call('ZADD', zkey('scheduled', queue), due, id)
  return 'scheduled'
end
for at = 14, 13 + parent_count do call('SADD', P .. ':job::' .. id .. ':dependencies', ARGV[at]) end
if parent_count > 0 and not parents_are_done(id, '', allow_failure) then
  for at = 14, 13 + parent_count do call('SADD', job_key(ARGV[at]) .. ':dependents', id) end
  call('HSET', key, 'status', 'deferred')
  call('HDEL', key, 'enqueued_at')
  call('ZADD', zkey('deferred', queue), SECONDS, id)
  if ttl ~= '' then call('EXPIRE', P .. ':job::' .. id .. ':dependencies', ttl) end
  return 'deferred'
end
if limit_key ~= '' then
  call('SADD', P .. ':rl-keys', limit_key)
  call('HSET', P .. ':rl:' .. limit_key, 'concurrency', limit)
  call('HDEL', key, 'enqueued_at')
end
enqueue_limited(queue, id, front, limit_key)
return call('HGET', key, 'status')
