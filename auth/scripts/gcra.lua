-- Charges many buckets at once, by Redis' own clock. The arithmetic is that of auth/gcra.py.
--
-- KEYS: a name for each policy.
-- ARGV: "if all admit" or "always", then for each policy a text: how many buckets are charged, quota, window, burst,
-- how long a bucket is remembered, and for each bucket what to charge it; then the name of each, with a zero byte after
-- it. Times are in milliseconds; what is charged is negative to take back.
-- Returns 1 if it was charged and 0 if not, then for each policy a text: the levels of its buckets now, in their order.
--
-- Numbers in texts are doubles of eight bytes, the lowest first, which are exact to 2^53: Redis' integers have 32 bits
-- on some machines.
--
-- A bucket is a field of the hash of its policy and the period it was last charged in, and holds its level as of the
-- period's beginning. The hash of the period before is read, too, and goes when nothing of it can be left.
--
-- Ten thousand buckets are charged in a moment: so texts are read and written by what is written in C, all at a time,
-- each bucket is gone through by plain loops, and a table is used again rather than made.

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

-- So many of one format from a place of a text on, and the place after them, which struct adds to them as one more.
local function unpacked(format, count, text, place)
  local values = { struct.unpack('<' .. string.rep(format, count), text, place) }
  return values, table.remove(values)
end

local function open(name, told)
  local rate, after_rate = unpacked('d', 5, told, 1)
  local count, quota, window, burst, memory = unpack(rate)
  local costs, after_costs = unpacked('d', count, told, after_rate)
  local period = math.floor(now / memory)
  -- Periods of another length are others, though they may have the same number.
  local hashes = string.format('%s:%.0f', name, memory)
  return {
    names = unpacked('s', count, told, after_costs), costs = costs,
    window = window, capacity = burst * window,
    drained = (now - period * memory) * quota,
    drained_in_a_period = memory * quota,
    expiry = (period + 2) * memory,
    hash = string.format('%s:%.0f', hashes, period),
    earlier = string.format('%s:%.0f', hashes, period - 1),
  }
end

-- What is left of what is kept in a hash, and the places of the buckets it does not have.
local function levels_in(hash, names, drained, most)
  local levels, missing = redis.call('HMGET', hash, unpack(names)), {}
  for place = 1, #names do
    local kept, level = levels[place], 0
    if kept then
      level = kept - drained
      if level < 0 then level = 0 end
      -- More can only be a clock that was set back.
      if level > most then level = most end
    else
      missing[#missing + 1] = place
    end
    levels[place] = level
  end
  return levels, missing
end

local function read(policy)
  local most = policy.drained_in_a_period
  local levels, missing = levels_in(policy.hash, policy.names, policy.drained, most)
  if #missing > 0 then
    local names = {}
    for number, place in ipairs(missing) do names[number] = policy.names[place] end
    local found = levels_in(policy.earlier, names, policy.drained + most, most)
    for number, place in ipairs(missing) do levels[place] = found[number] end
  end
  policy.levels = levels
end

local function admits(policy)
  for place, level in ipairs(policy.levels) do
    if level + policy.costs[place] * policy.window > policy.capacity then return false end
  end
  return true
end

local function charge(policy)
  local names, costs, levels = policy.names, policy.costs, policy.levels
  local window, drained = policy.window, policy.drained
  local written, emptied, texts = {}, {}, 0
  for place = 1, #names do
    local level = levels[place] + costs[place] * window
    if level > 0 then
      written[texts + 1], written[texts + 2] = names[place], level + drained
      texts = texts + 2
    else
      level = 0
      emptied[#emptied + 1] = names[place]
    end
    levels[place] = level
  end
  if #emptied > 0 then
    redis.call('HDEL', policy.hash, unpack(emptied))
    redis.call('HDEL', policy.earlier, unpack(emptied))
  end
  if texts > 0 then
    redis.call('HSET', policy.hash, unpack(written))
    redis.call('PEXPIREAT', policy.hash, string.format('%.0f', policy.expiry))
  end
end

local policies = {}
for number, name in ipairs(KEYS) do
  policies[number] = open(name, ARGV[number + 1])
  read(policies[number])
end

local charged = true
if ARGV[1] == 'if all admit' then
  for _, policy in ipairs(policies) do charged = charged and admits(policy) end
end

local answer = { charged and 1 or 0 }
for number, policy in ipairs(policies) do
  if charged then charge(policy) end
  answer[number + 1] = struct.pack('<' .. string.rep('d', #policy.levels), unpack(policy.levels))
end
return answer
