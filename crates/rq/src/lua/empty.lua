-- Deletes all waiting jobs of one queue. ARGV 4 queue. Replies how many.
local list = P .. ':queue:' .. ARGV[4]
local count = 0
while true do
  local id = call('LPOP', list)
  if not id then return count end
  local limit_key = fields(job_key(id), 'rate_limit_key')[1]
  call('DEL', job_key(id), job_key(id) .. ':dependents', P .. ':job::' .. id .. ':dependencies', P .. ':results:' .. id)
  if limit_key and limit_key ~= '' then call('ZREM', P .. ':rl:' .. limit_key .. ':allowed', id) end
  count = count + 1
end
