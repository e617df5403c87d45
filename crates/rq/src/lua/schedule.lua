-- Moves due jobs into their queue. ARGV 4 queue, 5 limit. Replies how many entries were due.
local queue = ARGV[4]
local due = call('ZRANGEBYSCORE', zkey('scheduled', queue), '-inf', SECONDS, 'LIMIT', 0, ARGV[5])
for _, id in ipairs(due) do
  call('ZREM', zkey('scheduled', queue), id)
  local f = fields(job_key(id), 'status', 'data', 'enqueue_at_front', 'rate_limit_key')
  -- Canceled or otherwise moved on: the entry is only a leftover.
  if f[2] and f[1] == 'scheduled' then
    enqueue_limited(queue, id, f[3] == '1', f[4])
  end
end
return #due
