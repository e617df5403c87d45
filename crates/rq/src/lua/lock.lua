-- The scheduler's lock: the holder's name, for 61 seconds. ARGV 4 queue, 5 name, 6 release. Replies 1 when held.
local key = P .. ':scheduler-lock:' .. ARGV[4]
local holder = call('GET', key)
if ARGV[6] == '1' then
  if holder == ARGV[5] then call('DEL', key) end
  return 0
end
if holder and holder ~= ARGV[5] then return 0 end
call('SET', key, ARGV[5], 'EX', 61)
return 1
